//! Servers that answer part of a volley, early, badly or not at all.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::server::SendResponse;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Request;
use tidegate_core::ports::volley::Way;
use tidegate_testkit::arrivals::{Arrivals, Shape, Speaks};
use tidegate_testkit::hostile::{Behaviour, Hostile};
use tidegate_testkit::recorder::Reply;
use tokio::net::{TcpListener, TcpStream};

use crate::support::{World, get};
use crate::volley::{COUNT, posts, release, texts, world};

#[test]
fn an_answer_before_the_end_is_taken_and_told() {
    for (speaks, way) in [
        (Speaks::Both, Way::LastFrame),
        (Speaks::Http1, Way::LastByte),
    ] {
        for (status, size) in [(401, 100), (413, 2_000_000)] {
            let shape = Shape {
                speaks,
                early: Some(Reply::text(status, "no")),
                ..Shape::default()
            };
            let server = Arrivals::start(shape, |_| Reply::new(200));
            let world = world(&server);
            let large = Request {
                body: tidegate_core::ports::http::Body::Bytes(vec![7; size].into()),
                ..posts(1).remove(0)
            };
            let released = release(&world, vec![large; 3], &[way]).unwrap();
            // A server that closes with bytes unread may cut its own answer off (RFC 9112, 9.6).
            let answered = released.answers.iter().flatten();
            let statuses: Vec<u16> = answered.map(|answer| answer.status).collect();
            assert!(
                statuses.iter().all(|known| *known == status),
                "{statuses:?}"
            );
            if way == Way::LastFrame || size == 100 {
                assert_eq!(statuses.len(), 3, "{:?}", released.answers);
                assert_eq!(
                    released.notes,
                    ["3 of 3 were answered before their ends were sent"]
                );
            }
        }
    }
}

#[test]
fn one_hung_answer_does_not_lose_the_others() {
    for way in Way::ALL {
        let server = Arrivals::start(Shape::default(), |request| {
            if request.text().contains("001") {
                Reply::new(200).after(Duration::from_secs(30))
            } else {
                Reply::text(200, "fine")
            }
        });
        let world = world(&server);
        let mut requests = posts(COUNT);
        requests[1].timeout = Duration::from_millis(500);
        let released = release(&world, requests, &[way]).unwrap();
        for (number, answer) in released.answers.iter().enumerate() {
            if number == 1 {
                let error = answer.as_ref().unwrap_err();
                let told = "no complete answer within 500 ms (while waiting for the answer)";
                assert_eq!(error.to_string(), told);
            } else {
                assert_eq!(answer.as_ref().unwrap().text(), "fine");
            }
        }
        let exchanges = world.exchanges.take();
        assert_eq!(exchanges.len(), COUNT);
        assert_eq!(
            (exchanges[1].status, exchanges[2].status),
            (None, Some(200))
        );
    }
}

#[test]
fn hostile_answers_are_errors_of_their_own() {
    let server = Hostile::start();
    let world = World::at(server.url());
    for way in [Way::LastByte, Way::Barrier] {
        let path = |behaviour: Behaviour| Request {
            timeout: Duration::from_secs(2),
            body_cap: 1024,
            ..get(behaviour.path())
        };
        let requests = vec![
            path(Behaviour::Reset),
            path(Behaviour::Fine),
            path(Behaviour::NotHttp),
            path(Behaviour::Silent),
            path(Behaviour::TrickleHeaders),
            path(Behaviour::DripBody),
            path(Behaviour::GiganticHeader),
            path(Behaviour::ShortBody),
            path(Behaviour::GzipBomb),
        ];
        let released = release(&world, requests, &[way]).unwrap();
        let answers = released.answers.iter().map(|answer| match answer {
            Ok(answer) if answer.truncated => "cut",
            Ok(_) => "whole",
            Err(HttpError::Broken { .. }) => "broken",
            Err(HttpError::Malformed { .. }) => "malformed",
            Err(HttpError::Timeout { .. }) => "late",
            Err(_) => "other",
        });
        assert_eq!(
            answers.collect::<Vec<_>>(),
            [
                "broken",
                "whole",
                "malformed",
                "late",
                "late",
                "late",
                "malformed",
                "broken",
                "cut"
            ]
        );
    }
}

/// A server that speaks HTTP/2 on plain TCP and does with each connection what `serve` says.
struct Raw {
    address: std::net::SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Raw {
    fn start<S, F>(serve: S) -> Self
    where
        S: Fn(h2::server::Connection<TcpStream, Bytes>) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(connection) = h2::server::handshake(stream).await {
                    serve(connection).await;
                }
            }
        });
        Self {
            address,
            _runtime: runtime,
        }
    }

    fn world(&self) -> World {
        World::at(&format!("http://{}", self.address))
    }
}

/// Answers with a status and the number of the request.
fn answer(respond: &mut SendResponse<Bytes>, number: usize) {
    let head = http::Response::builder().status(200).body(()).unwrap();
    let mut stream = respond.send_response(head, false).unwrap();
    stream
        .send_data(Bytes::from(number.to_string()), true)
        .unwrap();
}

#[test]
fn streams_that_are_reset_lose_only_themselves() {
    let server = Raw::start(|mut connection| async move {
        let mut number = 0;
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            if number % 2 == 1 {
                respond.send_reset(Reason::REFUSED_STREAM);
            } else {
                answer(&mut respond, number);
            }
            number += 1;
        }
    });
    let released = release(&server.world(), posts(COUNT), &[Way::LastFrame]).unwrap();
    for (number, answer) in released.answers.iter().enumerate() {
        match answer {
            Ok(answer) => assert_eq!(answer.text(), number.to_string()),
            Err(error) => {
                assert_eq!(number % 2, 1, "{error}");
                assert!(matches!(error, HttpError::Broken { .. }), "{error:?}");
            }
        }
    }
    assert_eq!(released.answers.iter().flatten().count(), 3);
}

#[test]
fn a_server_that_goes_away_answers_what_it_took() {
    let server = Raw::start(|mut connection| async move {
        let mut number = 0;
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            answer(&mut respond, number);
            number += 1;
            connection.graceful_shutdown();
        }
    });
    let released = release(&server.world(), posts(COUNT), &[Way::LastFrame]).unwrap();
    assert_eq!(texts(&released), ["0", "1", "2", "3", "4"]);
}

#[test]
fn a_server_that_breaks_off_is_an_error_of_each() {
    let server = Raw::start(|mut connection| async move {
        let mut taken = Vec::new();
        while let Some(Ok((_, respond))) = connection.accept().await {
            taken.push(respond);
            if taken.len() == 3 {
                connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
            }
        }
        drop(poll_fn(|context| connection.poll_closed(context)).await);
    });
    // When all are lost before the release, nothing is released.
    let result = release(&server.world(), posts(COUNT), &[Way::LastFrame]);
    let answers = result.map_or_else(|error| vec![Err(error)], |released| released.answers);
    for answer in answers {
        assert!(
            matches!(answer, Err(HttpError::Broken { .. })),
            "{answer:?}"
        );
    }
}

#[test]
fn a_server_that_speaks_nonsense_or_nothing_is_asked_in_http1() {
    for greeting in [&b"hello, this is not HTTP/2 at all, not at all"[..], b""] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let opened = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = Arc::clone(&opened);
        std::thread::spawn(move || {
            use std::io::Write as _;
            let mut kept = Vec::new();
            for mut stream in listener.incoming().flatten().take(4) {
                counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                stream.write_all(greeting).unwrap();
                kept.push(stream);
            }
            std::thread::sleep(Duration::from_secs(5));
        });
        let world = World::at(&format!("http://{address}"));
        let requests = vec![
            Request {
                timeout: Duration::from_secs(4),
                ..get("/")
            };
            2
        ];
        let released = release(&world, requests.clone(), &[Way::LastFrame, Way::LastByte]);
        let released = released.unwrap();
        assert_eq!(released.way, Way::LastByte);
        assert!(
            released.answers.iter().all(Result::is_err),
            "{:?}",
            released.answers
        );
        assert_eq!(opened.load(std::sync::atomic::Ordering::SeqCst), 3);
        // What was learned of the server is not asked again.
        let again = release(&world, requests[..1].to_vec(), &[Way::LastFrame]);
        assert!(matches!(again, Err(HttpError::NoWay { .. })));
        assert_eq!(opened.load(std::sync::atomic::Ordering::SeqCst), 3);
    }
}
