create unique index if not exists records_external_id on records (tenant_id, external_id)
    where external_id is not null;
