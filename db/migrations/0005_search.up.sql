-- What search reads of an entity or a statement. Those with most relations come first.
create table document (
  id         integer primary key,
  entity     integer unique references entity (id),    -- exactly one of the two
  statement  integer unique references statement (id),
  context    text not null,                            -- who and what stands around it: posts, countries, topics, stops
  prominence integer not null,                         -- to how many facts it belongs
  check ((entity is null) <> (statement is null))
) strict;

-- What is said of an entity: its summary and notes.
create view summary (entity, text) as
  select id, official_name from country
  union all select id, note from official
  union all select id, summary from organization
  union all select id, summary from corridor
  union all select id, summary from issue
  union all select id, concat_ws(' ', summary, note) from meeting;

-- The words of documents, by document.id, folded as package db folds them. Their title,
-- a name, and their body, a summary, are not stored again.
create virtual table prose using fts4 (aliases, title, body, context, content="", prefix="4");
