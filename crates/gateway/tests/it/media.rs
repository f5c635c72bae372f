//! The files: whole, in part, by name only.

use reqwest::{Method, StatusCode};

use crate::support::{Place, client, completed, problem, song};

#[tokio::test]
async fn a_file_can_be_loaded_whole_and_in_part() {
    let place = Place::new();
    let key = place.key(10).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let url = completed(&gateway.follow(&accepted.events).await);
    let get = || client().get(&url);

    let whole = get().send().await.unwrap();
    let tag = whole.headers()["etag"].clone();
    let modified = whole.headers()["last-modified"].clone();
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    assert_eq!(whole.headers()["x-content-type-options"], "nosniff");
    assert_eq!(whole.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert!(!whole.headers().contains_key("content-disposition"));
    let whole = whole.bytes().await.unwrap();
    let size = whole.len();

    let head = client().head(&url).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], size.to_string());
    assert!(head.bytes().await.unwrap().is_empty());
    // A range is for GET: HEAD returns the whole size.
    for range in ["bytes=0-0", "bytes=-0", "bytes=0-0,5-9"] {
        let head = client().head(&url).header("range", range).send().await.unwrap();
        assert_eq!((head.status(), head.headers().get("content-range")), (StatusCode::OK, None));
        assert_eq!(head.headers()["content-length"], size.to_string(), "{range}");
    }

    for (range, expected) in [
        ("bytes=0-9", &whole[..10]),
        ("bytes=100-", &whole[100..]),
        ("bytes=-7", &whole[size - 7..]),
    ] {
        for if_range in [None, Some(&tag), Some(&modified)] {
            let mut asked = get().header("range", range);
            if let Some(version) = if_range {
                asked = asked.header("if-range", version);
            }
            let part = asked.send().await.unwrap();
            assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
            assert!(
                part.headers()["content-range"].to_str().unwrap().ends_with(&format!("/{size}"))
            );
            assert_eq!(part.bytes().await.unwrap(), expected);
        }
    }
    // A weak tag may be of another file with the same meaning, whose bytes don't fit (RFC 9110, 13.1.5).
    for version in ["\"other\"".to_owned(), format!("W/{}", tag.to_str().unwrap()), "*".into()] {
        let changed = get().header("range", "bytes=0-9").header("if-range", version);
        assert_eq!(changed.send().await.unwrap().status(), 200);
    }
    let beyond = get().header("range", format!("bytes={size}-")).send().await.unwrap();
    assert_eq!(beyond.headers()["content-range"], format!("bytes */{size}"));
    problem(beyond, 416).await;
    let known = get().header("if-none-match", tag).send().await.unwrap();
    assert_eq!(known.status(), 304);
    let download = client().get(format!("{url}?download=1")).send().await.unwrap();
    let name = url.rsplit('/').next().unwrap();
    assert_eq!(
        download.headers()["content-disposition"],
        format!("attachment; filename=\"{name}\"")
    );
}

#[tokio::test]
async fn only_names_of_media_lead_anywhere() {
    let place = Place::new();
    let gateway = place.start().await;
    std::fs::write(place.data().join("media/a.mp3"), "not ours").unwrap();
    for name in ["a.mp3", "..%2fai-now.db", "..%2fsigning.key", "%2e%2e", "x"] {
        let response = gateway.ask(Method::GET, &format!("/media/{name}")).send().await.unwrap();
        problem(response, 404).await;
    }
    let response = gateway.ask(Method::POST, "/media/a.mp3").send().await.unwrap();
    assert_eq!(response.headers()["allow"], "GET,HEAD");
    problem(response, 405).await;
}
