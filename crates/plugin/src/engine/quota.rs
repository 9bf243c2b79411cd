//! The functions that a plugin imports, held against its limits.

use std::time::Duration;

use wasmtime::Result;

use super::state::State;
use crate::interface::{files, http, log, recorded, types};
use crate::limits::{
    LARGEST_BODY, LARGEST_FILE, LARGEST_PAGE, LOG_LINE, LimitName, USUAL_BODY, USUAL_TIMEOUT,
};

/// The redirects that a request may ask to be followed.
const MOST_REDIRECTS: u8 = 10;
/// The headers of a request.
const MOST_HEADERS: usize = 100;

impl types::Host for State {}

impl http::Host for State {
    fn send(
        &mut self,
        request: http::Request,
    ) -> Result<std::result::Result<http::Response, http::HttpError>> {
        self.in_time()?;
        if self.used.requests >= self.limits.requests {
            return Err(self.beyond(LimitName::Requests));
        }
        self.used.requests += 1;
        self.count_traffic(request_size(&request))?;
        let request = match bounded(request, self.deadline.left()) {
            Ok(request) => request,
            Err(fault) => return Ok(Err(http::HttpError::Invalid(fault))),
        };
        let answer = self.imports.send(request, self.deadline.clone());
        self.in_time()?;
        if let Ok(response) = &answer {
            self.count_traffic(response_size(response))?;
        }
        Ok(answer)
    }
}

impl recorded::Host for State {
    fn page(
        &mut self,
        after: u64,
        limit: u32,
    ) -> Result<std::result::Result<(Vec<recorded::Exchange>, Option<u64>), String>> {
        self.in_time()?;
        let page = self.imports.page(after, limit.min(LARGEST_PAGE));
        self.in_time()?;
        if let Ok((exchanges, _)) = &page {
            self.count_reading(exchanges.iter().map(exchange_size).sum())?;
        }
        Ok(page)
    }
}

impl files::Host for State {
    fn find(
        &mut self,
        glob: String,
    ) -> Result<std::result::Result<Vec<String>, files::FilesError>> {
        self.in_time()?;
        let found = self.imports.find(&glob);
        self.in_time()?;
        if let Ok(paths) = &found {
            self.count_reading(paths.iter().map(String::len).sum())?;
        }
        Ok(found)
    }

    fn read(
        &mut self,
        path: String,
        limit: u32,
    ) -> Result<std::result::Result<Vec<u8>, files::FilesError>> {
        self.in_time()?;
        let read = self.imports.read(&path, limit.min(LARGEST_FILE));
        self.in_time()?;
        if let Ok(content) = &read {
            self.count_reading(content.len())?;
        }
        Ok(read)
    }
}

impl log::Host for State {
    fn write(&mut self, level: log::Level, message: String) -> Result<()> {
        self.in_time()?;
        if self.used.log >= self.limits.log {
            return Err(self.beyond(LimitName::Log));
        }
        self.used.log += 1;
        self.log.push((level, line(message)));
        Ok(())
    }
}

impl State {
    fn count_traffic(&mut self, bytes: usize) -> Result<()> {
        self.used.traffic = self.used.traffic.saturating_add(bytes);
        match self.used.traffic > self.limits.traffic {
            true => Err(self.beyond(LimitName::Traffic)),
            false => Ok(()),
        }
    }

    fn count_reading(&mut self, bytes: usize) -> Result<()> {
        self.used.reading = self.used.reading.saturating_add(bytes);
        match self.used.reading > self.limits.reading {
            true => Err(self.beyond(LimitName::Reading)),
            false => Ok(()),
        }
    }
}

/// The request with its time and its body within bounds.
fn bounded(mut request: http::Request, left: Duration) -> Result<http::Request, String> {
    if request.headers.len() > MOST_HEADERS {
        return Err(format!("a request has at most {MOST_HEADERS} headers"));
    }
    if request.redirects > MOST_REDIRECTS {
        return Err(format!("at most {MOST_REDIRECTS} redirects are followed"));
    }
    let asked = request.timeout.map(u64::from).map(Duration::from_millis);
    let timeout = asked.unwrap_or(USUAL_TIMEOUT).min(left);
    request.timeout = Some(
        u32::try_from(timeout.as_millis())
            .unwrap_or(u32::MAX)
            .max(1),
    );
    request.body_limit = Some(request.body_limit.unwrap_or(USUAL_BODY).min(LARGEST_BODY));
    Ok(request)
}

fn headers_size(headers: &[http::Header]) -> usize {
    headers
        .iter()
        .map(|header| header.name.len() + header.value.len())
        .sum()
}

fn request_size(request: &http::Request) -> usize {
    let place = match &request.place {
        http::Place::Target(path) => path.len(),
        http::Place::Api((name, path)) => name.len() + path.len(),
        http::Place::Url(url) => url.len(),
    };
    request.method.len()
        + place
        + headers_size(&request.headers)
        + request.body.as_ref().map_or(0, Vec::len)
}

fn response_size(response: &http::Response) -> usize {
    headers_size(&response.headers) + response.body.len()
}

fn exchange_size(exchange: &recorded::Exchange) -> usize {
    exchange.url.len() + headers_size(&exchange.headers) + exchange.body.len()
}

/// A line of the log, cut where it is too long.
fn line(mut message: String) -> String {
    let whole = message.len();
    if whole > LOG_LINE {
        message.truncate(message.floor_char_boundary(LOG_LINE));
        message.shrink_to_fit();
        message.push_str(&format!(" … (cut: {whole} bytes in all)"));
    }
    message
}
