//! Where a redirect leads, and with which method (RFC 9110, 15.4; WHATWG Fetch, 4.4).

use http::header::LOCATION;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::origin;

/// What to do after a response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It is the answer.
    Stop,
    /// It asks for an address that the request may not lead to.
    Refuse(String),
    /// It asks for this address.
    Follow(Url),
}

/// Reads where a response leads, and whether it `may` lead there.
pub(crate) fn next(
    status: StatusCode,
    headers: &HeaderMap,
    current: &Url,
    may: impl Fn(&Url) -> bool,
) -> Next {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Next::Stop;
    }
    let location = headers.get(LOCATION).map(http::HeaderValue::as_bytes);
    let Some(location) = location.and_then(|value| std::str::from_utf8(value).ok()) else {
        return Next::Stop;
    };
    let Ok(url) = current.join(location) else {
        return Next::Stop;
    };
    if may(&url) && origin::parse(url.as_str()).is_ok() {
        Next::Follow(url)
    } else {
        Next::Refuse(url.into())
    }
}

/// The method of the next request, and whether its body goes along.
pub(crate) fn method_after(status: StatusCode, method: &Method) -> (Method, bool) {
    let becomes_get = match status.as_u16() {
        301 | 302 => method == Method::POST,
        303 => method != Method::GET && method != Method::HEAD,
        _ => false,
    };
    if becomes_get {
        (Method::GET, false)
    } else {
        (method.clone(), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_follow_fetch() {
        let after = |status: u16, method: Method| {
            method_after(StatusCode::from_u16(status).unwrap(), &method)
        };
        assert_eq!(after(301, Method::POST), (Method::GET, false));
        assert_eq!(after(302, Method::POST), (Method::GET, false));
        assert_eq!(after(302, Method::PUT), (Method::PUT, true));
        assert_eq!(after(303, Method::DELETE), (Method::GET, false));
        assert_eq!(after(303, Method::HEAD), (Method::HEAD, true));
        assert_eq!(after(307, Method::POST), (Method::POST, true));
        assert_eq!(after(308, Method::PATCH), (Method::PATCH, true));
    }
}
