-- The network in which paths are found, as network.go lays it out in memory: lists of
-- little-endian integers, each cut into pieces.
create table network (
  list  text not null,
  piece integer not null check (piece >= 0),
  data  blob not null,
  primary key (list, piece)
) strict;
