use super::*;

#[test]
fn recorded_exchanges_come_page_by_page_without_its_own() {
    let mut world = with(|_| {});
    let exchanges = Arc::new(Exchanges::default());
    world.granted.exchanges = exchanges.clone();
    exchanges.publish(exchange(
        "other",
        format!("{{\"key\":\"{KEY}\"}}").as_bytes(),
    ));
    exchanges.publish(exchange("totals", b"its own"));
    for _ in 0..3 {
        exchanges.publish(exchange("other", b"{}"));
    }
    let (first, next) = world.granted.page(0, 2).unwrap();
    assert_eq!((first.len(), next), (2, Some(3)));
    assert_eq!(first[0].body, b"{\"key\":\"[KEY]\"}");
    assert_eq!(first[0].identity.as_deref(), Some("anna"));
    assert!(first[0].headers.iter().all(|one| one.name != "set-cookie"));
    let (rest, next) = world.granted.page(3, 10).unwrap();
    assert_eq!((rest.len(), next), (2, None));
    assert_eq!(world.granted.page(99, 10).unwrap(), (Vec::new(), None));
    let mut denied = with(|grant| grant.recorded = false);
    assert!(
        denied
            .granted
            .page(0, 1)
            .unwrap_err()
            .contains("recorded: true")
    );
}

#[test]
fn a_page_of_large_exchanges_ends_early_and_never_stands_still() {
    let mut world = with(|_| {});
    let exchanges = Arc::new(Exchanges::default());
    world.granted.exchanges = exchanges.clone();
    for _ in 0..3 {
        exchanges.publish(exchange("other", &vec![b'x'; 5 * 1024 * 1024]));
    }
    let (page, next) = world.granted.page(0, 1_000).unwrap();
    assert_eq!((page.len(), next), (1, Some(1)));
    let (page, next) = world.granted.page(2, 0).unwrap();
    assert_eq!((page.len(), next), (1, None));
}

#[test]
fn files_match_a_glob_that_is_asked_and_one_that_is_granted() {
    let mut world = with(|_| {});
    assert_eq!(
        world.granted.find("**").unwrap(),
        ["exports/a.csv", "exports/key.csv"]
    );
    assert_eq!(
        world.granted.find("exports/a.*").unwrap(),
        ["exports/a.csv"]
    );
    assert_eq!(world.granted.read("exports/a.csv", 10).unwrap(), b"1,2");
    assert_eq!(
        world.granted.read("exports/key.csv", 100).unwrap(),
        b"[KEY]"
    );
    assert_eq!(
        world.granted.read("exports/a.csv", 2),
        Err(FilesError::TooLarge(2))
    );
    assert_eq!(
        world.granted.read("exports/c.csv", 2),
        Err(FilesError::Missing("exports/c.csv".into()))
    );
    for path in [
        "exports/b.txt",
        "private/a.csv",
        "exports/../private/a.csv",
        "/exports/a.csv",
        "exports//a.csv",
        "./exports/a.csv",
        "exports\\a.csv",
        "exports/.git/a.csv",
        "exports/.GIT/a.csv",
        "C:/a.csv",
        "",
    ] {
        let read = world.granted.read(path, 10);
        assert!(
            matches!(read, Err(FilesError::Denied(_))),
            "{path}: {read:?}"
        );
    }
    assert!(matches!(
        world.granted.find("[a"),
        Err(FilesError::Denied(_))
    ));
    let mut denied = with(|grant| grant.files.clear());
    assert!(matches!(
        denied.granted.find("**"),
        Err(FilesError::Denied(_))
    ));
}
