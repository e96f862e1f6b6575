drop index source_by_date;
create index tenure_by_country on tenure (country, since_earliest);
drop index tenure_by_start;
drop table tally;
drop table speaks_for;
drop table mentions;
drop table mention;
create view mention (entity, meeting) as
  select official, meeting from participation
  union select country, meeting from participation
  union select host_country, id from meeting where host_country is not null
  union select entity, meeting from topic;
drop index meeting_by_ordinal;
alter table meeting drop column ordinal;
