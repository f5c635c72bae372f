//! Compression of answers: longer JSON, for clients that accept gzip. Event streams are never
//! compressed, since they would wait in the compressor, and neither are media files, which are
//! compressed already.

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::compression::predicate::{And, Predicate as _, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::http::error::JSON;

/// An answer that fits into one packet gains nothing.
const SHORT_BYTES: u64 = 1024;

type IsJson = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses long JSON answers.
pub(super) fn layer() -> CompressionLayer<And<SizeAbove, IsJson>> {
    // The fast level: an answer is compressed once and read once.
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(SHORT_BYTES).and(is_json as IsJson))
}

fn is_json(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == JSON.as_bytes())
}

/// Reduces the request's `Accept-Encoding` to whether it accepts gzip. The layer would answer 406
/// to a client that accepts no available encoding, after the work was done; this way it gets the
/// plain answer.
pub(super) async fn gzip_or_nothing(mut request: Request, next: Next) -> Response {
    let takes = takes_gzip(request.headers());
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    if takes {
        let gzip = HeaderValue::from_static("gzip");
        request.headers_mut().insert(header::ACCEPT_ENCODING, gzip);
    }
    next.run(request).await
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let wishes = headers.get_all(header::ACCEPT_ENCODING).iter();
    let wishes = wishes.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut takes = wishes.filter_map(|wish| {
        let (name, weight) = wish.split_once(';').unwrap_or((wish, ""));
        let weight = weight.trim().trim_start_matches(['q', 'Q', '=', ' ']);
        let refused = !weight.is_empty() && weight.bytes().all(|b| matches!(b, b'0' | b'.'));
        name.trim().eq_ignore_ascii_case("gzip").then_some(!refused)
    });
    takes.next().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_if_it_is_accepted() {
        let takes = |wish: &str| {
            let wish = HeaderValue::from_str(wish).unwrap();
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, wish)]))
        };
        for wish in ["gzip", "br, GZIP", "deflate;q=0.5, gzip;q=0.1", "gzip ; q=1"] {
            assert!(takes(wish), "{wish}");
        }
        for wish in ["", "br", "gzip;q=0", "gzip; q=0.000", "identity;q=0", "*;q=0", "xgzip"] {
            assert!(!takes(wish), "{wish}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
