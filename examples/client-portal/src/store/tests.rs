use rusqlite::params;

use super::*;

fn open(file: &Path, breaks: &Breaks) -> Result<Store, StoreError> {
    Store::open(file, Durability::Kept, breaks, &Passwords::default())
}

fn count(store: &Store, table: &str) -> i64 {
    let connection = store.connection.lock().expect("lock");
    let sql = format!("select count(*) from {table}");
    connection
        .query_row(&sql, [], |row| row.get(0))
        .expect("count")
}

#[test]
fn the_demo_data_are_written_once() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("portal.sqlite");
    let people = count(&open(&file, &Breaks::default()).expect("first"), "users");
    let again = count(&open(&file, &Breaks::default()).expect("second"), "users");
    assert_eq!((people, again), (6, 6));
}

#[test]
fn a_database_of_a_newer_portal_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("portal.sqlite");
    let newer = Connection::open(&file).expect("open");
    newer
        .pragma_update(None, "user_version", 99)
        .expect("version");
    let error = open(&file, &Breaks::default()).expect_err("newer");
    assert!(matches!(error, StoreError::Newer { found: 99 }), "{error}");
}

#[test]
fn every_table_with_a_tenant_has_an_index_that_begins_with_it() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(&folder.path().join("portal.sqlite"), &Breaks::default()).expect("open");
    let connection = store.connection.lock().expect("lock");
    let sql = "select m.name, exists (
                   select 1 from pragma_index_list(m.name) l, pragma_index_info(l.name) i
                   where i.seqno = 0 and i.name = 'tenant_id' and l.partial = 0)
               from sqlite_schema m, pragma_table_info(m.name) c
               where m.type = 'table' and c.name = 'tenant_id'";
    let mut statement = connection.prepare(sql).expect("prepare");
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("query");
    let tables: Vec<(String, bool)> = rows.map(|row| row.expect("row")).collect();
    assert!(tables.len() >= 6, "{tables:?}");
    assert!(tables.iter().all(|(_, indexed)| *indexed), "{tables:?}");
}

#[test]
fn a_database_of_an_older_portal_gets_the_lines_of_its_invoices() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("portal.sqlite");
    drop(open(&file, &Breaks::default()).expect("first"));
    let older = Connection::open(&file).expect("open");
    older
        .execute_batch("drop table invoice_lines; pragma user_version = 1;")
        .expect("made older");
    drop(older);
    let store = open(&file, &Breaks::default()).expect("again");
    assert_eq!(
        (count(&store, "invoices"), count(&store, "invoice_lines")),
        (8, 12)
    );
}

/// Turns the clock of the lagging copy forward by making every pending change older.
fn age_pending_changes(store: &Store, seconds: i64) {
    let connection = store.connection.lock().expect("lock");
    connection
        .execute("update pending set at = at - ?1", [seconds])
        .expect("age");
}

async fn titles(store: &Store) -> Vec<String> {
    let read = |connection: &Connection, table: &str| {
        let mut statement =
            connection.prepare(&format!("select title from {table} order by title"))?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<Vec<String>, _>>()?)
    };
    store.read_records(read).await.expect("read")
}

#[tokio::test]
async fn lagging_reads_follow_five_seconds_behind() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("portal.sqlite");
    let store = open(&file, &Breaks::from([Break::StaleRead])).expect("open");
    let before = titles(&store).await;
    let rename = |connection: &mut Connection| {
        connection.execute("delete from records where title = 'Website relaunch'", [])?;
        let sql = "update records set title = ?1 where title = 'Support contract'";
        Ok(connection.execute(sql, params!["A new title"])?)
    };
    store.call(rename).await.expect("write");
    age_pending_changes(&store, 4);
    assert_eq!(titles(&store).await, before);
    age_pending_changes(&store, 1);
    let after = titles(&store).await;
    assert_eq!(after.len(), before.len() - 2);
    assert_eq!(&after[..2], ["A new title", "A new title"]);
}
