//! Compression: long JSON, for clients that accept it; no stream, no file, nothing short.

use std::io::Read as _;

use flate2::read::GzDecoder;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};

use crate::support::{Place, completed, song};

/// The headers and the bytes of an answer, as they came.
async fn answer(asked: RequestBuilder, accept: &str) -> (u16, HeaderMap, Vec<u8>) {
    let response = asked.header("accept-encoding", accept).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.bytes().await.unwrap().to_vec())
}

fn varies(headers: &HeaderMap) -> bool {
    let mut vary = headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
    vary.any(|value| value.to_ascii_lowercase().contains("accept-encoding"))
}

#[tokio::test]
async fn long_json_is_compressed_if_gzip_is_accepted() {
    let gateway = Place::new().start().await;
    for path in ["/api/catalog", "/api/openapi.json"] {
        let ask = || gateway.ask(Method::GET, path);
        let (status, headers, plain) = answer(ask(), "identity").await;
        assert_eq!((status, headers.get("content-encoding")), (200, None));
        assert!(varies(&headers), "{path}: {headers:?}");
        let (status, headers, small) = answer(ask(), "br, gzip;q=0.5").await;
        assert_eq!((status, headers["content-encoding"].to_str().unwrap()), (200, "gzip"));
        assert!(varies(&headers), "{path}: {headers:?}");
        assert!(small.len() * 2 < plain.len(), "{path}: {} of {}", small.len(), plain.len());
        let mut whole = Vec::new();
        GzDecoder::new(small.as_slice()).read_to_end(&mut whole).unwrap();
        assert_eq!(whole, plain, "{path}");
        // A client that accepts no available encoding gets the plain answer.
        for accept in ["identity;q=0", "gzip;q=0, identity;q=0", "*;q=0", "zstd"] {
            let (status, headers, bytes) = answer(ask(), accept).await;
            assert_eq!((status, headers.get("content-encoding")), (200, None), "{accept}");
            assert_eq!(bytes, plain, "{accept}");
        }
    }
}

#[tokio::test]
async fn streams_files_and_short_answers_are_left_as_they_are() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let url = completed(&gateway.follow(&accepted.events).await);
    for asked in [
        gateway.ask(Method::GET, &accepted.events),
        gateway.post("/api/generate", &key, &song()),
        gateway.ask(Method::GET, url.strip_prefix(&gateway.url).unwrap()),
        gateway.get("/api/balance", &key),
        gateway.get("/api/nowhere", &key),
    ] {
        let (status, headers, bytes) = answer(asked, "gzip").await;
        assert_eq!(headers.get("content-encoding"), None, "{status} {headers:?}");
        assert!(!bytes.is_empty());
    }
    gateway.stop().await;
}
