//! Whether something was stored: by its mark, by the state of the thing, or by a count that was proved.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::Response;
use tidegate_core::request::{RenderError, RequestTemplate};

use super::answer::Outcome;
use super::config::Count;
use super::trial::{Trial, Tried};
use crate::attack::resource::ids_of;
use crate::expect::Path;

/// How what is stored can be seen; the control proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// One look shows everything that this operation stored.
    Together,
    /// A search shows what one request stored.
    Alone,
    /// The thing itself shows whether it was changed.
    State,
    /// Nothing shows it.
    None,
}

impl Sight {
    /// Whether every request is followed by a look.
    pub(super) fn looks_each_time(self) -> bool {
        matches!(self, Self::Alone | Self::State)
    }
}

impl Trial<'_, '_> {
    /// Looks at where stored things show up.
    pub(super) async fn look(&mut self, mark: &str) -> Result<Option<Response>, CheckError> {
        let Some(read) = &self.subject.read else {
            return Ok(None);
        };
        self.get(&read.clone(), mark).await
    }

    /// Sends a GET; nothing when it could not be sent or was not answered.
    pub(super) async fn get(
        &mut self,
        template: &RequestTemplate,
        mark: &str,
    ) -> Result<Option<Response>, CheckError> {
        let request = match self.run.render(template, &self.run.scope(mark)) {
            Ok(request) => request,
            // What it names was not captured yet.
            Err(RenderError::Template(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let answer = self.run.send(request).await?;
        Ok(answer.and_then(Result::ok))
    }

    /// Counts what there is.
    pub(super) async fn count(&mut self) -> Result<Option<u64>, CheckError> {
        let Some(count) = self.subject.count.clone() else {
            return Ok(None);
        };
        let mark = self.marks.nth(0);
        let response = self.get(&count.request, &mark).await?;
        Ok(response.and_then(|response| counted(&count, &response)))
    }

    /// Proves with the control how what is stored can be seen.
    pub(super) async fn prove(
        &mut self,
        counted: Option<u64>,
        before: Option<Response>,
    ) -> Result<(), CheckError> {
        let mark = self.marks.nth(0);
        let prefix = self.marks.prefix.clone();
        let Some(together) = self.look(&prefix).await? else {
            return self.prove_count(counted).await;
        };
        if self.subject.is_update() {
            let again = self.look(&prefix).await?;
            let is_steady = again
                .as_ref()
                .is_some_and(|again| again.body == together.body);
            let moved = before.is_some_and(|before| before.body != together.body);
            if together.status < 400 && is_steady && (moved || shows(&together, &mark)) {
                self.sight = Sight::State;
                self.state = Some(together.body.to_vec());
            }
        } else if shows(&together, &mark) {
            self.sight = Sight::Together;
        } else if let Some(alone) = self.look(&mark).await?
            && shows(&alone, &mark)
        {
            self.sight = Sight::Alone;
        }
        self.prove_count(counted).await
    }

    async fn prove_count(&mut self, before: Option<u64>) -> Result<(), CheckError> {
        if let Some(before) = before {
            self.counts = self.count().await? == Some(before + 1);
        }
        Ok(())
    }

    /// Whether a count moved by one, and by one again when the same is sent once more.
    pub(super) async fn recount(
        &mut self,
        tried: &mut Tried,
        before: Option<u64>,
    ) -> Result<(), CheckError> {
        let Some(before) = before else {
            return Ok(());
        };
        if self.count().await? != Some(before + 1) {
            return Ok(());
        }
        let valid = self.body(&tried.mark)?;
        let sent = valid.and_then(|valid| tried.negative.body(&valid, &tried.mark));
        let Some(sent) = sent else {
            return Ok(());
        };
        let again = self
            .sent(&tried.mark.clone(), tried.negative.clone(), sent)
            .await?;
        let Some(again) = again else {
            return Ok(());
        };
        if self.count().await? != Some(before + 2) {
            self.run.release(again.ticket);
            return Ok(());
        }
        let count = self.subject.count.as_ref();
        let name = count.map_or_else(String::new, |count| count.request.name());
        let how = format!("yes: {name} counts one more, and one more again for the same request");
        tried.stored = Some((true, how));
        Ok(())
    }

    /// Looks at once where one look at the end could not tell.
    pub(super) async fn look_after(&mut self, tried: &mut Tried) -> Result<(), CheckError> {
        let asked = matches!(tried.outcome, Outcome::Accepted | Outcome::Refused);
        if !self.sight.looks_each_time() || !asked {
            return Ok(());
        }
        let Some(response) = self.look(&tried.mark.clone()).await? else {
            return Ok(());
        };
        if response.status >= 400 {
            return Ok(());
        }
        let name = self.read_name();
        if self.sight == Sight::Alone {
            self.found(tried, &response);
            return Ok(());
        }
        let is_changed = self.state.as_deref() != Some(&*response.body);
        let how = if is_changed {
            "yes: shown by"
        } else {
            "no: unchanged in"
        };
        tried.stored = Some((is_changed, format!("{how} {name}")));
        self.state = Some(response.body.to_vec());
        Ok(())
    }

    /// What reports call the look.
    pub(super) fn read_name(&self) -> String {
        let read = self.subject.read.as_ref();
        read.map(RequestTemplate::name).unwrap_or_default()
    }

    /// Decides by the mark whether it was stored, and takes the id of what was.
    pub(super) fn found(&self, tried: &mut Tried, response: &Response) {
        if !tried.is_marked {
            return;
        }
        let name = self.read_name();
        let is_stored = shows(response, &tried.mark);
        let how = if is_stored {
            "yes: found by its mark in"
        } else {
            "no: its mark is not in"
        };
        tried.stored = Some((is_stored, format!("{how} {name}")));
        let removes = self.subject.removes();
        let Some(name) = removes.filter(|name| is_stored && !tried.known.contains_key(name)) else {
            return;
        };
        let document: Option<Json> = serde_json::from_slice(&response.body).ok();
        let ids = document.map(|document| ids_of(&document, &tried.mark, &self.subject.id_keys()));
        if let Some(id) = ids.and_then(|ids| ids.into_iter().next()) {
            tried.known.insert(name, id);
        }
    }
}

/// Whether an answer shows a mark.
fn shows(response: &Response, mark: &str) -> bool {
    response.status < 400 && response.text().contains(mark)
}

/// How many things an answer tells of.
fn counted(count: &Count, response: &Response) -> Option<u64> {
    if response.status >= 400 {
        return None;
    }
    let document: Json = serde_json::from_slice(&response.body).ok()?;
    number(&count.total, &document)
}

fn number(total: &Path, document: &Json) -> Option<u64> {
    let found = total.all(document);
    match found.as_slice() {
        [Json::Number(number)] => number.as_u64(),
        [Json::Array(elements)] => u64::try_from(elements.len()).ok(),
        [Json::String(text)] => text.parse().ok(),
        many if !total.is_singular() => u64::try_from(many.len()).ok(),
        _ => None,
    }
}
