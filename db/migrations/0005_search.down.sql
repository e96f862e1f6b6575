drop table prose;
drop table document;
