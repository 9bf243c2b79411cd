-- Since schema 2.
create table invoice_lines (
    invoice_id text not null references invoices (id),
    position integer not null,
    description text not null,
    quantity real not null,
    unit_price integer not null,
    tax_rate integer not null,
    primary key (invoice_id, position)
) strict;
