//! The requests of a row: filled, sent, and their answers read.

use std::collections::BTreeMap;

use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{HttpError, Purpose, Request, Response, SessionId, Target};
use tidegate_core::secret::Sensitive;
use tidegate_core::template::JsonTemplate;

use super::matrix::Row;
use super::run::Attempt;
use crate::attack::{Answer, Reply};
use crate::filling::{Filled, Harvest, encoded};

impl Attempt<'_> {
    /// The values of a row's parameters; the inner error says what is missing.
    pub(super) fn fill(
        &self,
        row: &Row<'_>,
        who: Option<usize>,
    ) -> Result<Result<Filled, String>, CheckError> {
        let mut given = self.config.parameters.clone();
        let detail = row.entry.and_then(|entry| entry.detail.as_ref());
        given.extend(
            detail
                .into_iter()
                .flat_map(|detail| detail.parameters.clone()),
        );
        let nothing = Harvest::default();
        let harvest = who.map_or(&nothing, |who| &self.people[who].harvest);
        match (&self.filler, row.operation) {
            (Some(filler), Some(operation)) => filler.fill(operation, &given, &self.scope, harvest),
            _ => self.fill_path(row, &given, harvest),
        }
    }

    /// The same for a route that no document knows.
    fn fill_path(
        &self,
        row: &Row<'_>,
        given: &BTreeMap<String, JsonTemplate>,
        harvest: &Harvest,
    ) -> Result<Result<Filled, String>, CheckError> {
        let mut path = String::new();
        for part in row.path.split('/').skip(1) {
            let before = path.clone();
            path.push('/');
            let Some(name) = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            else {
                path.push_str(part);
                continue;
            };
            let value = match given.get(name) {
                Some(template) => Some(template.render(&self.scope)?),
                None => harvest.listed(&before, name).next(),
            };
            let text = value.map(|value| match value.as_str() {
                Some(text) => text.to_owned(),
                None => value.to_string(),
            });
            match text.and_then(|text| encoded(&text, false)) {
                Some(text) => path.push_str(&text),
                None => {
                    return Ok(Err(format!(
                        "no value for `{{{name}}}` is known (give one under `parameters`)"
                    )));
                }
            }
        }
        Ok(Ok(Filled {
            plain: path.clone(),
            path,
            ..Filled::default()
        }))
    }

    /// The request of a row, as whoever the session is.
    pub(super) fn request(
        &self,
        row: &Row<'_>,
        filled: &Filled,
        session: SessionId,
        purpose: Purpose,
    ) -> Result<Request, CheckError> {
        let context = self.sender.context;
        let detail = row.entry.and_then(|entry| entry.detail.as_ref());
        let mut request = match detail {
            Some(detail) => self
                .sender
                .render(&detail.request, &self.scope, session, purpose)?,
            None => Request::get(&filled.path, context.cause(&row.span)),
        };
        let api = match &request.target {
            Target::Path { api, .. } => api.clone(),
            Target::Url(_) | Target::Provider(_) | Target::Granted { .. } => None,
        };
        request.method.clone_from(&row.method);
        request.route.clone_from(&row.path);
        request.target = Target::Path {
            api,
            path: filled.path.as_str().into(),
        };
        add(&mut request.query, &filled.query);
        add(&mut request.headers, &filled.headers);
        request.session = Some(session);
        request.purpose = purpose;
        Ok(request)
    }

    /// Sends a request and reads the answer; the inner error says why there is none.
    pub(super) async fn ask(
        &mut self,
        who: Option<usize>,
        request: Request,
    ) -> Result<Result<(Response, Reply), String>, CheckError> {
        let answer = self.sender.send(request).await?;
        if let (Answer::Silence(HttpError::Login(error)), Some(who)) = (&answer, who) {
            self.people[who].absent = Some(error.to_string());
        }
        let response = match answer {
            Answer::Response(response) => *response,
            other => return Ok(Err(other.missing().unwrap_or_default())),
        };
        let fallback = self.fallback.as_ref();
        let reply = self
            .config
            .refusals
            .read(&response, fallback, &self.scope)?;
        Ok(Ok((response, reply)))
    }
}

/// Adds what is not there yet under its name.
fn add(pairs: &mut Vec<(String, Sensitive)>, more: &[(String, String)]) {
    let has = |name: &str| {
        pairs
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let new: Vec<_> = more
        .iter()
        .filter(|(name, _)| !has(name))
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    pairs.extend(new);
}
