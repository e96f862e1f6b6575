-- A house that publishes. Reprints and second names of one house share a voice:
-- when claims are counted, one voice speaks once.
create table publisher (
  id         integer primary key,
  slug       text not null unique check (slug <> ''),
  name       text not null check (name <> ''),
  voice      integer not null references publisher (id), -- itself, or the house that it reprints
  country    integer references country (id),            -- from which it speaks; null: not recorded
  note       text
) strict;

-- Where something was read. Every fact leads to at least one.
create table source (
  id                 integer primary key,
  slug               text not null unique check (slug <> ''),
  publisher          integer not null references publisher (id),
  title              text not null check (title <> ''),
  published_on       text,                                -- EDTF level 0; null: undated
  published_earliest text check (published_earliest is date(published_earliest)),
  published_latest   text check (published_latest is date(published_latest)),
  url                text not null check (url glob 'http*://*'),
  language           text not null check (language <> ''), -- BCP 47
  check ((published_on is null) = (published_earliest is null)),
  check ((published_on is null) = (published_latest is null)),
  check (published_earliest <= published_latest)
) strict;
create index source_by_publisher on source (publisher);
create index source_by_day on source (published_earliest);

-- What went into this file. One row for each key.
create table release (
  key   text primary key check (key in ('name', 'title', 'version', 'hash', 'schema', 'licences')),
  value text not null
) strict, without rowid;
