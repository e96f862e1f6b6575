-- Whatever has a name, a page and relations. All kinds share this table, so that
-- topics, aliases, sources and claims point at it with real foreign keys.
create table entity (
  id       integer primary key,
  kind     text not null check (kind in ('country', 'official', 'organization', 'corridor', 'issue', 'meeting')),
  slug     text not null check (slug <> ''),
  name     text not null check (name <> ''),
  sort_key text not null,                    -- the name without case and diacritics
  unique (kind, slug)
) strict;
create index entity_by_name on entity (kind, sort_key, slug);

-- The spellings under which an entity is found, folded to letters and digits.
create table name_key (
  entity integer not null references entity (id),
  key    text not null check (key <> ''),
  rank   integer not null check (rank in (0, 1)), -- 0: a whole name; 1: the end of one ("Amir-Abdollahian")
  primary key (key, rank, entity)
) strict, without rowid;

create table alias (
  entity   integer not null references entity (id),
  position integer not null,                 -- the order of the dataset
  name     text not null check (name <> ''),
  source   integer references source (id),   -- that shows it; null: not recorded
  primary key (entity, position)
) strict, without rowid;

-- Sources that speak of the entity as a whole: a meeting's accounts, a corridor's description.
create table entity_source (
  entity integer not null references entity (id),
  source integer not null references source (id),
  primary key (entity, source)
) strict, without rowid;
create index entity_source_by_source on entity_source (source, entity);

create table country (
  id                integer primary key references entity (id), -- slug: ISO 3166-1 alpha-3
  alpha2            text not null unique check (length(alpha2) = 2),
  numeric           text not null unique check (length(numeric) = 3),
  official_name     text not null check (official_name <> ''),
  region            text not null,           -- UN M49
  subregion         text not null,
  capital           text,
  capital_latitude  real check (capital_latitude between -90 and 90),
  capital_longitude real check (capital_longitude between -180 and 180),
  wikidata          text check (wikidata glob 'Q[1-9]*')
) strict;

create table official (
  id   integer primary key references entity (id),
  note text
) strict;

create table organization (
  id           integer primary key references entity (id),
  abbreviation text,
  founded_on   text,
  headquarters text,
  summary      text not null
) strict;

create table corridor (
  id           integer primary key references entity (id),
  abbreviation text,
  modes        text not null check (json_valid(modes)), -- ["road","rail"]
  agreed_on    text,
  summary      text not null
) strict;

create table issue (
  id      integer primary key references entity (id),
  kind    text not null check (kind <> ''),
  summary text not null
) strict;

-- One encounter; a summit of several days is one row.
create table meeting (
  id              integer primary key references entity (id),
  slug            text not null,             -- its entity's, for the order by day
  kind            text not null check (kind <> ''),
  summary         text not null,
  starts_on       text not null,             -- EDTF level 0, as the sources give it
  starts_earliest text not null check (starts_earliest is date(starts_earliest)),
  starts_latest   text not null check (starts_latest is date(starts_latest)),
  ends_on         text,                      -- null: the same day, or not reported
  ends_earliest   text check (ends_earliest is date(ends_earliest)),
  ends_latest     text check (ends_latest is date(ends_latest)),
  place           text,
  host_country    integer references country (id), -- null: a call, a letter, or not reported
  note            text,
  check (starts_earliest <= starts_latest),
  check ((ends_on is null) = (ends_earliest is null)),
  check ((ends_on is null) = (ends_latest is null)),
  check (ends_latest >= starts_earliest)
) strict;
create index meeting_by_day on meeting (starts_earliest, slug);
create index meeting_by_kind on meeting (kind, starts_earliest, slug);
create index meeting_by_host on meeting (host_country, starts_earliest);
