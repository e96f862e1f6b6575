drop table release;
drop table source;
drop table publisher;
