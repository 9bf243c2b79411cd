//! What a list makes of the limits that it is asked for.

use tidegate_core::check::CheckError;
use tidegate_core::ports::http::Purpose;

use super::config::Look;
use super::findings::{self, Unlimited};
use super::items;
use super::run::{Got, Page, Run, bytes, name};
use crate::attack::{Reply, Story, seen};

/// The most requests for the limits of one list.
pub(super) const REQUESTS: u32 = 9;

/// The parameters that are tried where none is known.
const USUAL: &[&str] = &["limit", "per_page", "page_size"];

/// How many items are asked for to see whether a limit is honoured.
const FEW: usize = 2;

/// More items than any page may have.
const ABSURD: &str = "1000000";

/// Limits that make no sense.
const SENSELESS: &[&str] = &["0", "-1", "abc"];

impl Run<'_> {
    /// Judges the limits of a list that has these many items without one.
    pub(super) async fn limits(
        &mut self,
        look: &Look,
        page: &Page,
        count: usize,
    ) -> Result<(), CheckError> {
        if exceeds(count, look.bounds.items) {
            let story = Story {
                before: self.told(look, None, page),
                ..Story::default()
            };
            let how = Unlimited::Items(count);
            self.report.evaluated += 1;
            self.report
                .findings
                .push(findings::unlimited(look, "", &how, &story));
        }
        if !self.sender.context.environment().kind.writable() {
            self.note("In production no list is asked for more than its usual page.");
            return Ok(());
        }
        let before = self.told(look, None, page);
        let Some(parameter) = self.few(look, count, &before).await? else {
            return Ok(());
        };
        self.absurd(look, &parameter, (page, count), &before)
            .await?;
        self.senseless(look, &parameter, count, &before).await
    }

    /// Asks for two items; gives the parameter that sets the size, when one is known.
    async fn few(
        &mut self,
        look: &Look,
        count: usize,
        before: &str,
    ) -> Result<Option<String>, CheckError> {
        if count <= FEW {
            let (name, who) = (look.request.name(), self.who());
            self.report.notes.push(format!(
                "Whether {name} honours a limit was not seen: it shows {who} only {count} items, and three are needed."
            ));
            return Ok(look.limit.clone());
        }
        let Some(parameter) = look.limit.as_deref() else {
            return self.usual(look).await;
        };
        let asked = (parameter, "2");
        match self.ask(look, Some(asked), Purpose::Normal).await? {
            Got::Page(page) => self.honoured(look, asked, (&page, count), before),
            Got::Other(Reply::Failed, response) => {
                let attack = self.line(look, asked, &response);
                let story = Story {
                    before: before.to_owned(),
                    attack,
                    after: String::new(),
                };
                let values = [format!("{parameter}=2")];
                self.report.evaluated += 1;
                self.report
                    .findings
                    .push(findings::bad_limit(look, &values, &story));
                return Ok(None);
            }
            Got::Other(_, response) => self.report.notes.push(format!(
                "Whether {} honours a limit was not seen: it answered {} to `{parameter}=2`.",
                look.request.name(),
                response.status
            )),
            Got::Nothing(_) => return Ok(None),
        }
        Ok(Some(parameter.to_owned()))
    }

    fn honoured(
        &mut self,
        look: &Look,
        asked: (&str, &str),
        (page, count): (&Page, usize),
        before: &str,
    ) {
        let Some(got) = page.count else {
            return;
        };
        self.report.evaluated += 1;
        if got >= count {
            let story = Story {
                before: before.to_owned(),
                attack: self.told(look, Some(asked), page),
                after: String::new(),
            };
            let finding = findings::limit_ignored(look, asked.0, got, &story);
            self.report.findings.push(finding);
        } else if got > FEW {
            self.report.notes.push(format!(
                "{} answers with {got} items when it is asked for 2: it has a least size of a page.",
                look.request.name()
            ));
        }
    }

    /// Looks for the parameter among the usual ones: that which makes a difference.
    async fn usual(&mut self, look: &Look) -> Result<Option<String>, CheckError> {
        for parameter in USUAL {
            let got = self
                .ask(look, Some((parameter, "2")), Purpose::Normal)
                .await?;
            if let Got::Page(page) = got
                && page.count.is_some_and(|count| count <= FEW)
            {
                self.report.evaluated += 1;
                return Ok(Some((*parameter).to_owned()));
            }
        }
        self.report.notes.push(format!(
            "{} has no parameter for the size of a page among {}; name it with `limit:` if there is one.",
            look.request.name(),
            USUAL.join(", ")
        ));
        Ok(None)
    }

    /// Asks for more than any page may have.
    async fn absurd(
        &mut self,
        look: &Look,
        parameter: &str,
        (usual, count): (&Page, usize),
        before: &str,
    ) -> Result<(), CheckError> {
        let asked = (parameter, ABSURD);
        let page = match self.ask(look, Some(asked), Purpose::Attack).await? {
            Got::Page(page) => page,
            Got::Other(Reply::Failed, response) => {
                let attack = self.line(look, asked, &response);
                let story = Story {
                    before: before.to_owned(),
                    attack,
                    after: String::new(),
                };
                let values = [format!("{parameter}={ABSURD}")];
                self.report.evaluated += 1;
                self.report
                    .findings
                    .push(findings::bad_limit(look, &values, &story));
                return Ok(());
            }
            Got::Other(reply, _) => {
                self.report.evaluated += u32::from(reply == Reply::Invalid);
                return Ok(());
            }
            Got::Nothing(reason) => {
                self.report.notes.push(format!(
                    "Whether {} bounds its pages is not known: asked for {ABSURD} items, {reason}.",
                    look.request.name()
                ));
                return Ok(());
            }
        };
        if let Some(how) = unlimited(look, &page, usual) {
            let story = Story {
                before: before.to_owned(),
                attack: self.told(look, Some(asked), &page),
                after: String::new(),
            };
            self.report.evaluated += 1;
            let asked = format!("{parameter}={ABSURD}");
            self.unbounded(look, &asked, &how, &story);
            return Ok(());
        }
        if is_bounded(&page) {
            self.report.evaluated += 1;
            return Ok(());
        }
        self.report.notes.push(format!(
            "Whether {} bounds its pages was not seen: asked for {ABSURD} items it shows {}, which may be all there are.",
            look.request.name(),
            page.count.unwrap_or(count)
        ));
        Ok(())
    }

    /// Asks with limits that make no sense: refused, or the usual page.
    async fn senseless(
        &mut self,
        look: &Look,
        parameter: &str,
        count: usize,
        before: &str,
    ) -> Result<(), CheckError> {
        let mut failed = Vec::new();
        let mut attack = String::new();
        for value in SENSELESS {
            let asked = (parameter, *value);
            match self.ask(look, Some(asked), Purpose::Negative).await? {
                Got::Page(page) if page.count.is_some_and(|got| got > count) => {
                    self.everything(look, asked, (page, count), before).await?;
                }
                Got::Other(Reply::Failed, response) => {
                    attack = self.line(look, asked, &response);
                    failed.push(format!("{parameter}={value}"));
                }
                Got::Nothing(_) => return Ok(()),
                Got::Page(_) | Got::Other(..) => {}
            }
            self.report.evaluated += 1;
        }
        if !failed.is_empty() {
            let story = Story {
                before: before.to_owned(),
                attack,
                after: String::new(),
            };
            self.report
                .findings
                .push(findings::bad_limit(look, &failed, &story));
        }
        Ok(())
    }

    /// More than the usual page came back. Other checks create and remove things meanwhile: it counts
    /// only when it is so again, and the usual page is smaller both times.
    async fn everything(
        &mut self,
        look: &Look,
        asked: (&str, &str),
        (mut page, count): (Box<Page>, usize),
        before: &str,
    ) -> Result<(), CheckError> {
        for is_first in [true, false] {
            if !is_first {
                let again = self.ask(look, Some(asked), Purpose::Negative).await?;
                let Got::Page(again) = again else {
                    return Ok(());
                };
                page = again;
            }
            let Got::Page(usual) = self.ask(look, None, Purpose::Normal).await? else {
                return Ok(());
            };
            let (Some(got), Some(size)) = (page.count, usual.count) else {
                return Ok(());
            };
            if got <= size.max(count) {
                return Ok(());
            }
            if !is_first {
                let story = Story {
                    before: before.to_owned(),
                    attack: self.told(look, Some(asked), &page),
                    after: self.told(look, None, &usual),
                };
                let how = Unlimited::Items(got);
                self.unbounded(look, &format!("{}={}", asked.0, asked.1), &how, &story);
            }
        }
        Ok(())
    }

    /// Tells once that a list is not bounded.
    fn unbounded(&mut self, look: &Look, asked: &str, how: &Unlimited, story: &Story) {
        let finding = findings::unlimited(look, asked, how, story);
        let mut known = self.report.findings.iter();
        let is_told =
            known.any(|known| known.code == finding.code && known.subject == finding.subject);
        if !is_told {
            self.report.findings.push(finding);
        }
    }

    fn line(
        &self,
        look: &Look,
        asked: (&str, &str),
        response: &tidegate_core::ports::http::Response,
    ) -> String {
        seen(
            &name(look, Some(asked)),
            self.config.identity.as_ref(),
            response,
            "",
        )
    }

    fn note(&mut self, text: &str) {
        if !self.report.notes.iter().any(|known| known == text) {
            self.report.notes.push(text.to_owned());
        }
    }
}

/// How it is known that a page that was asked for too much has no bounds.
fn unlimited(look: &Look, page: &Page, usual: &Page) -> Option<Unlimited> {
    let most = look.bounds.items;
    let told = page.document.as_ref().and_then(items::told_size);
    let size = bytes(&page.response);
    match page.count {
        Some(count) if exceeds(count, most) => Some(Unlimited::Items(count)),
        // What is too large without a limit is told as that.
        _ if size > look.bounds.bytes && bytes(&usual.response) <= look.bounds.bytes => {
            Some(Unlimited::Bytes(size))
        }
        _ => told
            .filter(|told| told.to_string() == ABSURD)
            .map(Unlimited::Told),
    }
}

/// Whether the answer shows that there is more than it has.
fn is_bounded(page: &Page) -> bool {
    let Some(document) = &page.document else {
        return false;
    };
    let count = page.count.and_then(|count| u64::try_from(count).ok());
    let more = items::told_total(document).zip(count);
    more.is_some_and(|(total, count)| total > count) || items::told_size(document).is_some()
}

fn exceeds(count: usize, most: u64) -> bool {
    u64::try_from(count).is_ok_and(|count| count > most)
}
