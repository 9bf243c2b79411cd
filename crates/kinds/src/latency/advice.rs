//! What to do about a slow route, by where its time goes.

use tidegate_core::ports::http::Timings;

use super::track::{Taken, Track, phases};
use crate::measure::{Percentile, ServerMetric, is_database, milliseconds, server_timing};

/// From which share of the time on a part of it is the reason.
const DOMINANT: f64 = 0.5;

/// Where most of the time of slow requests goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Timeouts,
    Database,
    Waiting,
    Connecting,
    /// Before the first byte; the server says nothing of it.
    Server,
    /// Before the first byte, in the server's own work.
    Work,
    /// Before the first byte, and before the server's own work.
    Queue,
    Download,
    Mixed,
}

/// What to do about a slow route, and whether its queries are suspected.
pub(super) fn of(track: &Track<'_>) -> (&'static str, bool) {
    let reason = reason(track);
    let queries = matches!(reason, Reason::Database | Reason::Server | Reason::Work);
    (words(reason), queries)
}

fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::Timeouts => {
            "Some requests get no answer at all. Look at what they wait for: a lock, a connection to the database that is never given back, another service without a timeout of its own."
        }
        Reason::Database => {
            "The server says itself that most of its time goes into the database. Look at the queries of this route: one query for each row, a missing index, more rows than the page shows. `EXPLAIN ANALYZE` on the slowest names which."
        }
        Reason::Waiting => {
            "The slow requests waited before they were sent, because earlier ones were not answered: the portal stalls now and then. Look for what stops everything for a while: a lock, a job that runs beside it, a cold start, the memory being cleaned."
        }
        Reason::Connecting => {
            "Most of the time goes into opening connections, before the portal hears of the request. Keep connections open (keep-alive) in the server and in every proxy before it, allow HTTP/2, and serve from a region near the clients."
        }
        Reason::Server => {
            "Most of the time passes before the first byte, within the server: look at the queries of this route first (one for each row, a missing index, more rows than the page shows), then at other services it waits for. A `Server-Timing` header would tell which of them."
        }
        Reason::Work => {
            "Most of the time passes before the first byte, in the work of the server, as its `Server-Timing` says: look at the queries of this route first (one for each row, a missing index, more rows than the page shows), then at other services it waits for. An entry for the database in that header would tell which of them."
        }
        Reason::Queue => {
            "What the server says of its work (`Server-Timing`) is far less than the slowest request took: it waited before the work began, or the server does not tell all of it. Look for what holds requests up: a lock, workers that are all busy, a job that stops everything for a while, a proxy before the server."
        }
        Reason::Download => {
            "Most of the time goes into transferring the answer: it is large, or written slowly. Send fewer fields and fewer rows, page by page, and compress answers (gzip, brotli)."
        }
        Reason::Mixed => {
            "The time goes into no part of the request alone. Look at the phases below, and at the slowest request in the log of the portal."
        }
    }
}

fn reason(track: &Track<'_>) -> Reason {
    let slow = track.slow(Percentile::P90);
    let timeouts = slow.iter().filter(|taken| taken.timings.is_none()).count();
    if timeouts * 2 > slow.len() {
        return Reason::Timeouts;
    }
    let total: f64 = slow.iter().map(|taken| taken.waited).sum();
    let of = |part: fn(&Taken) -> f64| slow.iter().map(|taken| part(taken)).sum::<f64>() / total;
    let phase = |from: usize, to: usize| {
        move |timings: &Timings| {
            let spent = phases(timings);
            spent[from..to]
                .iter()
                .filter_map(|(_, time)| *time)
                .sum::<f64>()
        }
    };
    let spent = |from, to| {
        let phase = phase(from, to);
        let all = slow.iter().filter_map(|taken| taken.timings.as_ref());
        all.map(phase).sum::<f64>() / total
    };
    if of(|taken| taken.waited - taken.took) > DOMINANT {
        Reason::Waiting
    } else if spent(0, 3) > DOMINANT {
        Reason::Connecting
    } else if spent(4, 5) > DOMINANT {
        Reason::Download
    } else if database(track) {
        Reason::Database
    } else if spent(3, 4) > DOMINANT {
        within_server(track)
    } else {
        Reason::Mixed
    }
}

/// Whether the server says of the slowest request that most of its time went into a database.
fn database(track: &Track<'_>) -> bool {
    said_of_slowest(track).is_some_and(|(said, first_byte)| {
        let asked = said.iter().filter(|one| is_database(&one.name));
        let asked: f64 = asked.filter_map(|one| one.duration).sum();
        asked > DOMINANT * first_byte
    })
}

/// What the server says about the time before the first byte, when it says anything.
fn within_server(track: &Track<'_>) -> Reason {
    let Some((said, first_byte)) = said_of_slowest(track) else {
        return Reason::Server;
    };
    let told = said.iter().filter_map(|one| one.duration);
    // Entries may be parts of each other, so this is the most that it worked.
    match told.reduce(|sum, one| sum + one) {
        Some(worked) if worked > DOMINANT * first_byte => Reason::Work,
        Some(_) => Reason::Queue,
        None => Reason::Server,
    }
}

/// What the server says of the slowest request, and its time to the first byte in milliseconds.
fn said_of_slowest(track: &Track<'_>) -> Option<(Vec<ServerMetric>, f64)> {
    let slowest = track.slowest.as_ref()?;
    let answer = slowest.answer.as_ref().ok()?;
    let said = answer.header("server-timing").map(server_timing)?;
    Some((said, milliseconds(answer.timings.first_byte)))
}
