//! What of an HTTP Archive is read (HAR 1.2); the rest may be anything.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// A text that may be borrowed from the file.
pub(super) type Text<'a> = Cow<'a, str>;

/// The whole file.
#[derive(Debug, Deserialize)]
pub(super) struct File<'a> {
    #[serde(borrow)]
    pub(super) log: Log<'a>,
}

/// What was recorded.
#[derive(Debug, Deserialize)]
pub(super) struct Log<'a> {
    #[serde(borrow, default)]
    pub(super) pages: Option<Vec<Page<'a>>>,
    #[serde(borrow)]
    pub(super) entries: Vec<Entry<'a>>,
}

/// A page that was opened.
#[derive(Debug, Deserialize)]
pub(super) struct Page<'a> {
    #[serde(borrow, default)]
    pub(super) title: Option<Text<'a>>,
}

/// A request with its answer.
#[derive(Debug, Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow, default, rename = "startedDateTime")]
    pub(super) started: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) request: Request<'a>,
    #[serde(borrow, default)]
    pub(super) response: Option<Response<'a>>,
    /// What the browser asked it for, in recordings of Chromium.
    #[serde(borrow, default, rename = "_resourceType")]
    pub(super) resource: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Request<'a> {
    #[serde(borrow)]
    pub(super) method: Text<'a>,
    #[serde(borrow)]
    pub(super) url: Text<'a>,
    #[serde(borrow, default)]
    pub(super) headers: Option<Vec<Pair<'a>>>,
    /// Told beside the header that has them, or instead of it.
    #[serde(borrow, default)]
    pub(super) cookies: Option<Vec<Pair<'a>>>,
    /// Told beside the address that has it, or instead of it.
    #[serde(borrow, default, rename = "queryString")]
    pub(super) query: Option<Vec<Pair<'a>>>,
    #[serde(borrow, default, rename = "postData")]
    pub(super) body: Option<PostData<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Response<'a> {
    pub(super) status: i64,
    #[serde(borrow, default)]
    pub(super) headers: Option<Vec<Pair<'a>>>,
    #[serde(borrow, default)]
    pub(super) content: Option<Content<'a>>,
    #[serde(borrow, default, rename = "redirectURL")]
    pub(super) redirect: Option<Text<'a>>,
}

/// A header, a cookie, a pair of a query or a field of a form.
#[derive(Debug, Deserialize)]
pub(super) struct Pair<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) value: Option<Text<'a>>,
    #[serde(borrow, default, rename = "fileName")]
    pub(super) file: Option<Text<'a>>,
    #[serde(borrow, default, rename = "contentType")]
    pub(super) content_type: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PostData<'a> {
    #[serde(borrow, default, rename = "mimeType")]
    pub(super) mime: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) params: Option<Vec<Pair<'a>>>,
    #[serde(borrow, default)]
    pub(super) encoding: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Content<'a> {
    #[serde(borrow, default, rename = "mimeType")]
    pub(super) mime: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) encoding: Option<Text<'a>>,
}

impl<'a> Entry<'a> {
    /// The status of the answer; nothing when none came.
    pub(super) fn status(&self) -> Option<u16> {
        let status = self.response.as_ref()?.status;
        u16::try_from(status)
            .ok()
            .filter(|status| (100..600).contains(status))
    }

    /// A header of the answer.
    pub(super) fn answered<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e str> + 'e {
        let headers = self
            .response
            .as_ref()
            .and_then(|answer| answer.headers.as_ref());
        of(headers, name)
    }

    /// A header of the request.
    pub(super) fn sent<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e str> + 'e {
        of(self.request.headers.as_ref(), name)
    }

    /// The content type of the answer without parameters.
    pub(super) fn mime(&self) -> String {
        let content = self
            .response
            .as_ref()
            .and_then(|answer| answer.content.as_ref());
        let own = content.and_then(|content| content.mime.as_deref());
        let own = own.filter(|mime| !mime.is_empty() && *mime != "x-unknown");
        let header = self.answered("content-type").next();
        super::super::request::essence(own.or(header).unwrap_or_default())
    }

    /// The text of the answer, decoded.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        let content = self.response.as_ref()?.content.as_ref()?;
        let text = content.text.as_deref()?;
        match content.encoding.as_deref() {
            Some("base64") => decoded(text).map(Cow::Owned),
            _ => Some(Cow::Borrowed(text)),
        }
    }
}

fn of<'e>(headers: Option<&'e Vec<Pair<'_>>>, name: &'e str) -> impl Iterator<Item = &'e str> + 'e {
    let all = headers.into_iter().flatten();
    all.filter(move |pair| pair.name.eq_ignore_ascii_case(name))
        .filter_map(|pair| pair.value.as_deref())
        // Recordings join headers that stood twice with line breaks.
        .flat_map(str::lines)
}

/// A text that was written in base64.
pub(super) fn decoded(text: &str) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(text.trim()).ok()?).ok()
}
