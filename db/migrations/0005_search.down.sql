drop table prose;
drop view summary;
drop table document;
