-- What follows is derived from the rest when all of it is written, so that lists of a
-- large record are read from an index. It says nothing of its own, so its references
-- are not checked a second time.

-- Where a meeting stands among all, in the order of the first day on which it may have
-- begun and of its slug: from 1.
alter table meeting add column ordinal integer;
create unique index meeting_by_ordinal on meeting (ordinal);

-- The meetings that an entity took part in, hosted, or was a topic of.
drop view mention;
create table mention (
  entity    integer not null,
  ordinal   integer not null,                -- the meeting's
  meeting   integer not null,
  took_part integer not null,                -- 1: itself or by an official; 0: not
  primary key (entity, ordinal)
) strict, without rowid;

-- In how many meetings an entity is mentioned; without a row: in none.
create table mentions (
  entity    integer primary key,
  meetings  integer not null,
  took_part integer not null                 -- of them
) strict;

-- The countries for which an official held a post or took part in a meeting.
create table speaks_for (
  official integer not null,
  country  integer not null,
  primary key (country, official)
) strict, without rowid;
create index speaks_for_by_official on speaks_for (official, country);

-- How many rows a list has of each value, in the order in which they are shown.
create table tally (
  list      text not null,                   -- 'meetings': all; 'mentions', 'attended': those of the parent
  parent    integer not null,                -- 0: none
  dimension text not null,
  nth       integer not null,
  word      text not null,
  entity    integer not null,                -- or publisher; 0: the value is the word
  n         integer not null,
  primary key (list, parent, dimension, nth)
) strict, without rowid;

-- Posts by when they began, latest first where there are many.
create index tenure_by_start on tenure (country, coalesce(since_earliest, ''), fact);
drop index tenure_by_country;
create index source_by_date on source (coalesce(published_earliest, ''), slug);
