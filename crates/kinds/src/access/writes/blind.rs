//! Writes that only a stranger tries: nobody who may is known to send them without harm.

use tidegate_core::check::CheckError;
use tidegate_core::ports::Promise;
use tidegate_core::ports::http::{Body, Purpose, Request, Target};

use super::super::findings;
use super::super::matrix::Row;
use super::super::outcome::Cell;
use super::super::pattern::Pattern;
use super::super::reads::LIMITED;
use super::super::run::Attempt;
use super::way::NOT_OURS;
use crate::attack::resource::{json_body, sampled};
use crate::attack::{Reply, Story, seen};
use crate::naming::words;
use crate::specification::schema::{Dialect, Schemas};

/// Words of writes whose success could not be undone.
const GRAVE: &[&str] = &[
    "clear",
    "delete",
    "destroy",
    "drop",
    "erase",
    "impersonate",
    "logoff",
    "logout",
    "password",
    "purge",
    "remove",
    "reset",
    "restart",
    "shutdown",
    "signout",
    "truncate",
    "wipe",
];

impl<'a> Attempt<'a> {
    /// Tries a write as a stranger, with a body made from the document.
    pub(super) async fn try_blindly(&mut self, row: &Row<'a>) -> Result<(), CheckError> {
        // A row that tells no body is not owed a proof.
        if let Some(outcome) = self.outcomes.last_mut() {
            outcome.is_owed = false;
        }
        for who in self.judged(row) {
            let why = "the gate file has no body for it (declare one in its row)";
            self.add(Some(who), false, Cell::Untried(why.to_owned()));
        }
        if row.is_filled() || row.method == "DELETE" {
            self.add(None, false, Cell::Untried(NOT_OURS.to_owned()));
            return Ok(());
        }
        let scope = self.next_scope();
        let mark = scope.values().unique.clone();
        let body = match self.body(row, &mark) {
            Ok(body) => body,
            Err(why) => {
                self.add(None, false, Cell::Untried(why));
                return Ok(());
            }
        };
        let filled = match self.fill(row, None)? {
            Ok(filled) => filled,
            Err(why) => {
                self.add(None, false, Cell::Untried(why));
                return Ok(());
            }
        };
        let context = self.sender.context;
        let own = self.request(row, &filled, self.stranger, Purpose::Attack)?;
        let request = Request {
            target: Target::Path {
                api: None,
                path: filled.path.as_str().into(),
            },
            body,
            ..own
        };
        let cleanup = context.cleanup()?.clone();
        let ticket = cleanup.promise(Promise {
            check: context.check().clone(),
            identity: None,
            marker: if row.method == "POST" {
                mark
            } else {
                format!("what {} changed", row.name())
            },
            created_by: row.name(),
            location: row.location.clone(),
            recover: None,
        });
        let answer = self.ask(None, request).await?;
        let is_taken = matches!(answer, Ok((_, Reply::Served)) | Err(_));
        if !is_taken {
            cleanup.release(ticket);
        }
        let cell = match answer {
            Err(why) => Cell::Unproven(why),
            Ok((response, Reply::Served)) => {
                let story = Story {
                    before: String::new(),
                    attack: seen(&row.name(), None, &response, "taken"),
                    after: String::new(),
                };
                self.found(findings::written(row, None, &story));
                Cell::Wrong(format!("taken with {}", response.status))
            }
            Ok((_, Reply::Limited)) => Cell::Unproven(LIMITED.to_owned()),
            Ok((_, Reply::Refused(refusal))) => Cell::Unproven(format!(
                "{}, but nobody who may showed that it works (declare its body in its row)",
                refusal.words()
            )),
            Ok((response, _)) => Cell::Unproven(format!(
                "answered {}, before it was asked who it is (declare a right body in its row)",
                response.status
            )),
        };
        self.add(None, false, cell);
        Ok(())
    }

    /// A valid body by the document.
    fn body(&self, row: &Row<'_>, mark: &str) -> Result<Body, String> {
        let is_allowed = |pattern: &Pattern| pattern.covers(&row.method, &row.path);
        let mut parts = row
            .path
            .split('/')
            .filter(|part| !part.contains('{'))
            .flat_map(words);
        let grave = parts.find(|word| GRAVE.contains(&word.as_str()));
        if let Some(word) = grave.filter(|_| !self.config.allow_destructive.iter().any(is_allowed))
        {
            return Err(format!(
                "`{word}` in its name cannot be undone (name it under `allow-destructive` to try it)"
            ));
        }
        let operation = row.operation.zip(self.api);
        let (operation, api) =
            operation.ok_or("the gate file has no body for it (declare one in its row)")?;
        let content = json_body(operation);
        let content = content.ok_or(
            "it takes no JSON body, so that trying it could set it off (declare it to try it)",
        )?;
        let schemas = Schemas::new(Dialect::of_openapi(api.library.root()));
        // What is created is found by its mark; of what is there already no more is sent than must be.
        let least = usize::from(row.method == "POST");
        let made = sampled(api, &schemas, content, mark, least);
        let made =
            made.ok_or("no valid body could be made from the document (declare one in its row)")?;
        Ok(Body::Json(made.to_string().into()))
    }
}
