create temp table due as select id, at from pending where at <= unixepoch('subsec') - 5;
delete from lagging_records where id in (select id from due);
insert into lagging_records select * from main.records where id in (select id from due);
delete from pending where (id, at) in (select id, at from due);
drop table due;
