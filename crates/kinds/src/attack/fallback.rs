//! What the site answers to a path that cannot be there.
//!
//! A single-page app answers 200 to everything; without this look every path would seem to be there.

use std::collections::BTreeSet;

use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Purpose, Request, Response};

use super::{Answer, Sender};

/// The most bytes of a page that are compared.
const COMPARED: usize = 256 * 1024;

/// How many of a hundred words two pages must share to be the same page.
const SAME: usize = 95;

/// What the site answers to a path that cannot be there.
#[derive(Debug, Clone)]
pub(crate) struct Fallback {
    words: BTreeSet<String>,
    is_page: bool,
    response: Response,
}

impl Fallback {
    /// Asks for a path that cannot be there, as nobody; nothing when there is no answer.
    ///
    /// # Errors
    /// When the gate file is at fault that there is none.
    pub(crate) async fn learn(sender: &mut Sender<'_>) -> Result<Option<Self>, CheckError> {
        let number = sender.context.random().derive("no such path");
        Self::below(sender, &format!("/{number:016x}")).await
    }

    /// The same for a path that the caller makes up, such as one below a folder or with an ending.
    ///
    /// # Errors
    /// When the gate file is at fault that there is no answer.
    pub(crate) async fn below(
        sender: &mut Sender<'_>,
        path: &str,
    ) -> Result<Option<Self>, CheckError> {
        let cause = sender.context.cause(sender.context.span());
        let request = Request {
            purpose: Purpose::Survey,
            ..Request::get(path, cause)
        };
        Ok(match sender.send(request).await? {
            Answer::Response(response) => Some(Self::of(&response)),
            Answer::Silence(_) | Answer::NotSent => None,
        })
    }

    /// The same from an answer that is known.
    pub(crate) fn of(response: &Response) -> Self {
        Self {
            words: words(response),
            is_page: is_page(response),
            response: response.clone(),
        }
    }

    /// The answer itself.
    pub(crate) fn response(&self) -> &Response {
        &self.response
    }

    /// Whether an answer is this one again, but for what differs from request to request.
    pub(crate) fn is(&self, response: &Response) -> bool {
        if response.status != self.response.status {
            return false;
        }
        if response.body == self.response.body {
            return true;
        }
        if !self.is_page || !is_page(response) {
            return false;
        }
        let words = words(response);
        let shared = words.intersection(&self.words).count();
        shared * 100 >= words.len().max(self.words.len()) * SAME
    }
}

fn is_page(response: &Response) -> bool {
    let kind = response.header("content-type");
    kind.is_some_and(|kind| kind.contains("html"))
}

/// The words of a page, without what looks made for one request.
fn words(response: &Response) -> BTreeSet<String> {
    let body = &response.body[..response.body.len().min(COMPARED)];
    let text = String::from_utf8_lossy(body);
    let words = text.split(|character: char| !character.is_alphanumeric());
    words
        .filter(|word| !word.is_empty() && !crate::naming::is_data(word))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    fn page(text: &str) -> Response {
        answer(200, text).unwrap()
    }

    #[test]
    fn the_same_page_with_another_nonce_is_the_fallback() {
        let fallback = Fallback::of(&page(
            "<html><script nonce=a1b2c3d4e5></script><div id=root></div></html>",
        ));
        assert!(fallback.is(&page(
            "<html><script nonce=f6a7b8c9d0></script><div id=root></div></html>"
        )));
        assert!(!fallback.is(&page(
            "<html><h1>Invoices of the year</h1><table></table></html>"
        )));
        assert!(!fallback.is(&answer(404, "<html><div id=root></div></html>").unwrap()));
    }

    #[test]
    fn json_is_the_fallback_only_when_it_is_the_same() {
        let fallback = Fallback::of(&page(r#"{"status":"ok","items":[]}"#));
        assert!(fallback.is(&page(r#"{"status":"ok","items":[]}"#)));
        assert!(!fallback.is(&page(r#"{"status":"ok","items":[1]}"#)));
    }
}
