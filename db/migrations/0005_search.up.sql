-- What search reads of an entity or a statement. Those with most relations come first.
create table document (
  id         integer primary key,
  entity     integer unique references entity (id),    -- exactly one of the two
  statement  integer unique references statement (id),
  title      text not null check (title <> ''),        -- of a statement: its speaker
  body       text not null,                            -- summary and notes; '': none
  context    text not null,                            -- who and what stands around it: posts, countries, topics, stops
  prominence integer not null,                         -- to how many facts it belongs
  check ((entity is null) <> (statement is null))
) strict;

-- The words of documents, by document.id, folded as package db folds them. The text
-- itself is not stored again.
create virtual table prose using fts4 (aliases, title, body, context, content="", prefix="4");
