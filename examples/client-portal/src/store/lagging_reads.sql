-- For the switch `stale-read`: reads come from a copy that follows five seconds behind.
create temp table lagging_records as select * from main.records;
create temp table pending (id text not null, at real not null);

create temp trigger pending_insert after insert on main.records begin
    insert into pending values (new.id, unixepoch('subsec'));
end;
create temp trigger pending_update after update on main.records begin
    insert into pending values (new.id, unixepoch('subsec'));
end;
create temp trigger pending_delete after delete on main.records begin
    insert into pending values (old.id, unixepoch('subsec'));
end;
