-- What one official is reported to have said, in the dataset's own words.
create table statement (
  id              integer primary key,
  slug            text not null unique check (slug <> ''),
  official        integer not null references official (id),
  meeting         integer references meeting (id), -- null: said outside a meeting
  topic           integer references entity (id),  -- null: on no single subject
  stated_on       text not null,
  stated_earliest text not null check (stated_earliest is date(stated_earliest)),
  stated_latest   text not null check (stated_latest is date(stated_latest)),
  paraphrase      text not null check (paraphrase <> ''),
  source          integer not null references source (id),
  check (stated_earliest <= stated_latest)
) strict;
create index statement_by_day on statement (stated_earliest, slug);
create index statement_by_official on statement (official, stated_earliest);
create index statement_by_meeting on statement (meeting, stated_earliest);
create index statement_by_topic on statement (topic, stated_earliest);
create index statement_by_source on statement (source);
