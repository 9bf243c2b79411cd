//! How long answers take.
//!
//! A switch never answers sooner than it says. A good portal on a busy machine may be slow now and
//! then, so that each probe looks at its fastest calls, or for what does not happen twice by chance.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::{Caller, Portal};

async fn time_of(caller: &Caller, path: &str) -> Duration {
    let since = Instant::now();
    assert_eq!(caller.get(path).await.status, 200);
    since.elapsed()
}

/// The times of so many calls that are sent together.
async fn times_of(caller: &Caller, path: &'static str, calls: usize) -> Vec<Duration> {
    let mut all = JoinSet::new();
    for _ in 0..calls {
        let caller = caller.clone();
        all.spawn(async move { time_of(&caller, path).await });
    }
    all.join_all().await
}

pub(crate) async fn slow_list(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    time_of(&anna, "/api/records").await >= Duration::from_secs(2)
}

pub(crate) async fn n_plus_one(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let page = anna.get("/api/records?per_page=100").await.json();
    assert_eq!(page["items"].as_array().expect("items").len(), 100);
    let mut fastest = Duration::MAX;
    for _ in 0..10 {
        fastest = fastest.min(time_of(&anna, "/api/records?per_page=100").await);
    }
    fastest >= Duration::from_millis(100)
}

pub(crate) async fn stalls(portal: &Portal) -> bool {
    let caller = portal.anonymous();
    let since = Instant::now();
    let mut held_up = 0;
    while since.elapsed() < Duration::from_secs(7) {
        let taken = time_of(&caller, "/health").await;
        held_up += usize::from(taken >= Duration::from_millis(600));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    held_up >= 2
}

pub(crate) async fn slow_tail(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let mut slow = 0;
    for _ in 0..40 {
        let times = times_of(&anna, "/api/records", 10).await;
        let late = times.iter().filter(|time| time.as_millis() >= 900);
        slow += late.count();
        if slow >= 3 {
            return true;
        }
    }
    false
}

pub(crate) async fn collapses(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let slowest = times_of(&anna, "/api/search?q=workshop", 30)
            .await
            .into_iter()
            .max();
        fastest = fastest.min(slowest.expect("thirty times"));
    }
    fastest >= Duration::from_millis(1_200)
}

#[tokio::test]
async fn every_answer_says_how_long_the_portal_took() {
    let portal = Portal::good().await;
    for path in ["/health", "/", "/api/records", "/nowhere"] {
        let answer = portal.anonymous().get(path).await;
        let told = answer.header("server-timing").to_owned();
        let taken = told.strip_prefix("app;dur=").map(str::parse::<f64>);
        assert!(matches!(taken, Some(Ok(_))), "{path}: {told}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
}
