use std::time::Duration;

use super::*;
use crate::testing::{answer, block_on, with_context};

fn wait(status: u16, seconds: Option<&str>) -> Result<Response, HttpError> {
    let mut response = answer(status, "").unwrap();
    let header = seconds.map(|seconds| ("retry-after".to_owned(), seconds.to_owned()));
    response.headers.extend(header);
    Ok(response)
}

fn request(context: &Context) -> Request {
    Request::get("/records", context.cause(context.span()))
}

#[test]
fn a_short_wait_is_obeyed_and_the_request_sent_again() {
    let answers = vec![wait(429, Some("2")), answer(200, "{}")];
    with_context(answers, |context, http| {
        let mut sender = Sender::new(context, 10).unwrap();
        let answer = block_on(sender.send(request(context))).unwrap();
        assert_eq!(answer.response().unwrap().status, 200);
        assert_eq!((sender.sent, http.requests.lock().unwrap().len()), (2, 2));
        assert_eq!(context.clock().monotonic(), Duration::from_secs(2));
    });
}

#[test]
fn a_long_wait_ends_the_sending() {
    let answers = vec![wait(429, Some("600"))];
    with_context(answers, |context, _| {
        let mut sender = Sender::new(context, 10).unwrap();
        let first = block_on(sender.send(request(context))).unwrap();
        assert_eq!(first.response().unwrap().status, 429);
        let second = block_on(sender.send(request(context))).unwrap();
        assert!(matches!(second, Answer::NotSent));
        let stopped = sender.stopped.unwrap();
        assert!(
            stopped.contains("wants no more requests for 10 min"),
            "{stopped}"
        );
    });
}

#[test]
fn no_more_is_sent_than_the_budget_allows() {
    with_context(vec![answer(200, "")], |context, _| {
        let mut sender = Sender::new(context, 1).unwrap();
        assert!(
            block_on(sender.send(request(context)))
                .unwrap()
                .response()
                .is_some()
        );
        assert!(
            block_on(sender.send(request(context)))
                .unwrap()
                .missing()
                .is_some()
        );
        assert!(sender.stopped.unwrap().contains("budget"));
    });
}

#[test]
fn a_portal_that_does_not_answer_is_left_alone() {
    let silence = || {
        Err(HttpError::Connect {
            origin: "http://127.0.0.1".to_owned(),
            reason: "refused".to_owned(),
        })
    };
    with_context(vec![silence(), silence(), silence()], |context, _| {
        let mut sender = Sender::new(context, 10).unwrap();
        for _ in 0..3 {
            let answer = block_on(sender.send(request(context))).unwrap();
            assert!(matches!(answer, Answer::Silence(_)));
        }
        let answer = block_on(sender.send(request(context))).unwrap();
        assert!(matches!(answer, Answer::NotSent));
    });
}

#[test]
fn an_answer_that_ends_the_sending_says_nothing_else() {
    let answers = vec![answer(404, ""), wait(503, Some("600"))];
    with_context(answers, |context, _| {
        let mut sender = Sender::new(context, 10).unwrap();
        let mut ask = || block_on(sender.ask(request(context))).unwrap();
        assert_eq!(ask().unwrap().status, 404);
        assert!(ask().is_none() && ask().is_none());
    });
}

#[test]
fn what_is_not_proven_is_a_doubt_where_it_is_needed_and_else_a_note() {
    with_context(Vec::new(), |context, _| {
        let settled = |stopped: Option<&str>, is_needed| {
            let mut sender = Sender::new(context, 0).unwrap();
            sender.stopped = stopped.map(str::to_owned);
            let mut report = CheckReport::default();
            let unproven = vec!["One.".to_owned(), "Two.".to_owned()];
            sender.settle(&mut report, unproven, is_needed);
            let doubt = report.inconclusive.map(|doubt| doubt.text);
            (doubt.unwrap_or_default(), report.notes.len())
        };
        assert_eq!(settled(None, true), ("One. Two.".to_owned(), 0));
        assert_eq!(settled(None, false), (String::new(), 2));
        assert_eq!(settled(Some("No more."), false), ("No more.".to_owned(), 0));
    });
}
