-- A relation between entities, or a property of one. What the table of its kind
-- holds is resolved from the claims below; nothing here is a source's own word.
create table fact (
  id          integer primary key,
  kind        text not null check (kind in
                ('membership', 'tenure', 'participation', 'topic', 'party', 'concern', 'stop', 'leg', 'property')),
  resolved_by text not null check (resolved_by in ('only', 'editor', 'majority', 'latest')),
  disputed    integer not null check (disputed in (0, 1))
) strict;
create index fact_disputed on fact (kind, id) where disputed;

-- One source's version of a fact. Never overwritten. A column that the source does
-- not speak of is null. A participation without a row here rests on the sources of
-- its meeting as a whole.
create table claim (
  id        integer primary key,
  fact      integer not null references fact (id),
  source    integer not null references source (id),
  stance    text not null check (stance in ('asserts', 'denies', 'omits')),
  preferred integer not null default 0 check (preferred in (0, 1)),
  role      text,
  since     text,
  until     text,                            -- '..': open, it goes on
  value     text,
  note      text
) strict;
create index claim_of_fact on claim (fact, source);
create index claim_by_source on claim (source, fact);

-- A country's place in a corridor or an organization for one spell of time.
create table membership (
  fact           integer primary key references fact (id),
  body           integer not null references entity (id),  -- a corridor or an organization
  country        integer not null references country (id),
  spell          integer not null check (spell > 0),
  role           text,                       -- null: no source names one
  since          text,                       -- null: not known
  since_earliest text check (since_earliest is date(since_earliest)),
  since_latest   text check (since_latest is date(since_latest)),
  until          text,                       -- null: not known; '..': open
  until_earliest text check (until_earliest is date(until_earliest)),
  until_latest   text check (until_latest is date(until_latest)),
  unique (body, country, spell),
  check ((since is null) = (since_earliest is null)),
  check (until_latest >= since_earliest)
) strict;
create index membership_by_country on membership (country, body);

-- One person in one post for a time.
create table tenure (
  fact           integer primary key references fact (id),
  official       integer not null references official (id),
  country        integer not null references country (id),
  title          text not null check (title <> ''),
  spell          integer not null check (spell > 0),
  since          text,
  since_earliest text check (since_earliest is date(since_earliest)),
  since_latest   text check (since_latest is date(since_latest)),
  until          text,
  until_earliest text check (until_earliest is date(until_earliest)),
  until_latest   text check (until_latest is date(until_latest)),
  unique (official, country, title, spell),
  check ((since is null) = (since_earliest is null)),
  check (until_latest >= since_earliest)
) strict;
create index tenure_by_country on tenure (country, since_earliest);

create table participation (
  fact     integer primary key references fact (id),
  meeting  integer not null references meeting (id),
  official integer not null references official (id),
  country  integer not null references country (id), -- for which the official took part
  role     text,
  unique (meeting, official)
) strict;
create index participation_by_official on participation (official, meeting);
create index participation_by_country on participation (country, meeting);

-- What a meeting was about.
create table topic (
  fact    integer primary key references fact (id),
  meeting integer not null references meeting (id),
  entity  integer not null references entity (id), -- an issue, corridor, organization or country
  unique (meeting, entity)
) strict;
create index topic_by_entity on topic (entity, meeting);

-- The days on which a membership or a tenure held, by each version of it: one of the
-- claims that agree with what it shows, and one of each other claim. '0001-01-01' and
-- '9999-12-31' stand for no bound; a window that ends before it begins holds no day.
create table validity (
  id             integer primary key,
  fact           integer not null references fact (id),
  possible_from  text not null,              -- on these days it may have held
  possible_until text not null,
  certain_from   text not null,              -- on these days it held for certain
  certain_until  text not null,
  undated        integer not null check (undated in (0, 1)) -- its start is not known: it was first read of on possible_from
) strict;
create index validity_of_fact on validity (fact);

-- A country's part in an issue.
create table party (
  fact    integer primary key references fact (id),
  issue   integer not null references issue (id),
  country integer not null references country (id),
  role    text,
  unique (issue, country)
) strict;
create index party_by_country on party (country, issue);

-- An issue that touches a corridor.
create table concern (
  fact     integer primary key references fact (id),
  issue    integer not null references issue (id),
  corridor integer not null references corridor (id),
  unique (issue, corridor)
) strict;
create index concern_by_corridor on concern (corridor, issue);

-- A place on a corridor. Branches and positions keep the order of travel.
create table stop (
  fact      integer primary key references fact (id),
  corridor  integer not null references corridor (id),
  branch    text not null check (branch <> ''),
  position  integer not null check (position > 0),
  place     text not null check (place <> ''),
  country   integer not null references country (id),
  latitude  real check (latitude between -90 and 90), -- WGS 84 degrees; null: not known
  longitude real check (longitude between -180 and 180),
  unique (corridor, branch, position),
  check ((latitude is null) = (longitude is null))
) strict;
create index stop_by_country on stop (country, corridor);

-- The stretch from one stop to the next of its branch.
create table leg (
  fact   integer primary key references fact (id),
  stop   integer not null unique references stop (fact), -- where it starts
  mode   text,                               -- null: no source names it
  status text
) strict;

-- A value of an entity that sources state one by one: a length, a count, a date.
create table property (
  fact   integer primary key references fact (id),
  entity integer not null references entity (id),
  name   text not null check (name <> ''),   -- 'length-km', 'starts-on'
  value  text,                               -- null: no source states it any more
  unique (entity, name)
) strict;

-- The meetings that an entity took part in, hosted, or was a topic of.
create view mention (entity, meeting) as
  select official, meeting from participation
  union select country, meeting from participation
  union select host_country, id from meeting where host_country is not null
  union select entity, meeting from topic;

-- A disputed fact, in words.
create table dispute (
  fact  integer primary key references fact (id),
  slug  text not null unique,                -- 'membership/corridor/instc/BGR/1'
  about text not null,                       -- 'Bulgaria in International North-South Transport Corridor'
  day   text not null                        -- when the latest of its claims was published, EDTF level 0; '': undated
) strict;
create index dispute_by_day on dispute (day, slug);

-- The entities that a fact relates.
create view involved (fact, entity) as
  select fact, body from membership union all select fact, country from membership
  union all select fact, official from tenure union all select fact, country from tenure
  union all select fact, meeting from participation union all select fact, official from participation
  union all select fact, country from participation
  union all select fact, meeting from topic union all select fact, entity from topic
  union all select fact, issue from party union all select fact, country from party
  union all select fact, issue from concern union all select fact, corridor from concern
  union all select fact, corridor from stop union all select fact, country from stop
  union all select l.fact, s.corridor from leg l join stop s on s.fact = l.stop
  union all select fact, entity from property;

-- The sources of an entity; an official is also spoken of by the accounts of meetings.
create view account (entity, source) as
  select entity, source from entity_source
  union select p.official, es.source from participation p join entity_source es on es.entity = p.meeting;
