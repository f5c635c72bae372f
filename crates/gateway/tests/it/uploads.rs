//! Uploaded pictures: recognised by their bytes, stored privately, removed when unused.

use std::time::Duration;

use ai_now_gateway::config::{Config, ModelSettings};
use ai_now_protocol::Code;
use ai_now_protocol::api::{State, Upload};
use reqwest::Method;
use serde_json::json;

use crate::support::{self, Gateway, Place, completed, database, film, refusal};

/// A whole picture of one pixel, with `more` bytes behind it.
fn png(more: usize) -> Vec<u8> {
    [support::png(), vec![0; more]].concat()
}

async fn uploaded(gateway: &Gateway, key: &str) -> Upload {
    let response = gateway.upload(key, png(0)).await;
    assert_eq!(response.status(), 201);
    response.json().await.unwrap()
}

fn with_image(id: &str) -> serde_json::Value {
    let mut body = film(20);
    body["options"] = json!({"image": id});
    body
}

fn files(place: &Place) -> Vec<std::fs::DirEntry> {
    std::fs::read_dir(place.data().join("uploads")).unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_picture_is_kept_privately_for_its_owner_alone() {
    let place = Place::new();
    let (key, other) = (place.key(100).await, place.key(100).await);
    let gateway = place.start().await;
    let upload = uploaded(&gateway, &key).await;
    assert_eq!((upload.size_bytes, upload.expires_in_secs), (png(0).len() as u64, 3600));
    let file = place.data().join("uploads").join(&upload.id);
    assert_eq!(std::fs::read(&file).unwrap(), png(0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    }
    for path in [format!("/api/uploads/{}", upload.id), format!("/media/{}.png", upload.id)] {
        refusal(gateway.get(&path, &key).send().await.unwrap(), 404).await;
    }

    for (who, id) in [(&other, upload.id.as_str()), (&key, "aaaaaaaaaaaaaaaaaaaaaaaaaa")] {
        let asked = gateway.post("/api/generations", who, &with_image(id));
        let said = refusal(asked.send().await.unwrap(), 404).await;
        assert!(said.is(Code::NoSuchUpload), "{said:?}");
        assert_eq!(gateway.balance(who).await.available, 100);
    }
    let accepted = gateway.create(&key, &with_image(&upload.id)).await;
    let shown = gateway.cancel(&key, &accepted.id).await;
    assert_eq!(shown.options["image"].as_text(), Some(upload.id.as_str()));
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn what_is_no_picture_or_too_much_is_refused() {
    let place = Place::with(|config| {
        config.limits.upload_max_bytes = 2000;
        config.limits.uploads = 3;
        config.limits.owner_upload_bytes = 2500;
    });
    let key = place.key(0).await;
    let gateway = place.start().await;
    for junk in [
        b"".as_slice(),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0",
        b"GIF89a\0\0\0\0\0\0\0",
    ] {
        let said = refusal(gateway.upload(&key, junk.to_vec()).await, 415).await;
        assert!(said.is(Code::UnsupportedPicture), "{said:?}");
        assert_eq!(said.params["allowed"].as_text(), Some("JPEG, PNG, WebP, GIF"));
    }
    let large = refusal(gateway.upload(&key, png(2000)).await, 413).await;
    assert!(large.is(Code::BodyTooLarge), "{large:?}");
    assert_eq!(large.params["max_bytes"].as_integer(), Some(2000));
    let chunks = futures_util::stream::iter((0..9).map(|_| Ok::<_, std::io::Error>(png(500))));
    let asked = gateway.ask(Method::POST, "/api/uploads").bearer_auth(&key);
    let asked = asked.body(reqwest::Body::wrap_stream(chunks));
    assert!(refusal(asked.send().await.unwrap(), 413).await.is(Code::BodyTooLarge));
    assert!(files(&place).is_empty());

    assert_eq!(gateway.upload(&key, png(1500)).await.status(), 201);
    let bytes = refusal(gateway.upload(&key, png(1500)).await, 429).await;
    assert!(bytes.is(Code::TooManyUploads), "{bytes:?}");
    uploaded(&gateway, &key).await;
    uploaded(&gateway, &key).await;
    let count = refusal(gateway.upload(&key, png(0)).await, 429).await;
    assert!(count.is(Code::TooManyUploads), "{count:?}");
    assert_eq!(files(&place).len(), 3, "what is refused leaves nothing");
}

#[tokio::test]
async fn all_together_have_a_limit() {
    let place = Place::with(|config| config.limits.all_upload_bytes = 100);
    let (one, other) = (place.key(0).await, place.key(0).await);
    let gateway = place.start().await;
    uploaded(&gateway, &one).await;
    let said = refusal(gateway.upload(&other, png(0)).await, 503).await;
    assert!(said.is(Code::Overloaded), "{said:?}");
    assert_eq!(files(&place).len(), 1);
}

/// Unused ones go after their time, used ones with their generation; and what a crash left behind at
/// the next start.
#[tokio::test]
async fn unused_uploads_are_removed() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let (unused, used) = (uploaded(&gateway, &key).await, uploaded(&gateway, &key).await);
    let young = uploaded(&gateway, &key).await;
    let accepted = gateway.create(&key, &with_image(&used.id)).await;
    gateway.cancel(&key, &accepted.id).await;
    gateway.stop().await;
    let file = database(&place);
    file.execute("UPDATE uploads SET expires_at_ms = 1 WHERE id <> ?", [&young.id]).unwrap();
    drop(file);
    let orphan = place.data().join("uploads/orphan");
    std::fs::write(&orphan, b"left").unwrap();
    let past = std::time::SystemTime::now() - Duration::from_secs(60);
    std::fs::File::options().write(true).open(&orphan).unwrap().set_modified(past).unwrap();

    let gateway = place.start().await;
    let there = |id: &str| place.data().join("uploads").join(id).exists();
    let gone = async |id: &str| {
        let waiting = async {
            while there(id) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it goes");
    };
    gone(&unused.id).await;
    gone("orphan").await;
    assert!(there(&young.id) && there(&used.id));
    let asked = gateway.post("/api/generations", &key, &with_image(&unused.id));
    assert!(refusal(asked.send().await.unwrap(), 404).await.is(Code::NoSuchUpload));
    // As long as the generation is kept, what it used can be used again.
    let again = gateway.create(&key, &with_image(&used.id)).await;
    gateway.cancel(&key, &again.id).await;
    gateway.stop().await;

    let file = database(&place);
    file.execute("UPDATE generations SET finished_at_ms = 1", []).unwrap();
    drop(file);
    let gateway = place.start().await;
    gone(&used.id).await;
    assert!(there(&young.id));
    gateway.stop().await;
    place.assert_sound().await;
}

/// A program that says what it was given.
fn route(config: &mut Config) {
    let toml = "[own]\nkind = 'command'\nprogram = '/bin/sh'\nargs = ['-c', '''
        read request; test \"$(cat picture.png | wc -c)\" -gt 60 || exit 3
        cp picture.png a.png; echo '{\"file\":\"a.png\"}' ''']";
    config.providers = toml::from_str(toml).unwrap();
    let option = "id = 'image'\nname = 'First picture'\nkind = 'picture'";
    config.models = vec![ModelSettings {
        id: "own".into(),
        kind: Some(ai_now_protocol::MediaKind::Picture),
        price_tokens: Some(1),
        routes: Some(vec!["own".into()]),
        options: Some(vec![toml::from_str(option).unwrap()]),
        ..ModelSettings::default()
    }];
}

#[tokio::test]
async fn a_provider_gets_the_picture() {
    let place = Place::with(route);
    let key = place.key(10).await;
    let gateway = place.start().await;
    let upload = uploaded(&gateway, &key).await;
    let body = json!({"model": "own", "prompt": "this", "options": {"image": upload.id}});
    let accepted = gateway.create(&key, &body).await;
    let url = completed(&gateway.follow(&accepted.events).await);
    let result = crate::support::client().get(url).send().await.unwrap();
    assert_eq!(result.bytes().await.unwrap(), png(0));

    // One whose file is gone is not made, and costs nothing.
    let upload = uploaded(&gateway, &key).await;
    std::fs::remove_file(place.data().join("uploads").join(&upload.id)).unwrap();
    let body = json!({"model": "own", "prompt": "this", "options": {"image": upload.id}});
    let accepted = gateway.create(&key, &body).await;
    gateway.follow(&accepted.events).await;
    let shown = gateway.show(&key, &accepted.id).await;
    assert_eq!(shown.state, State::Failed);
    assert!(shown.message.unwrap().is(Code::NoSuchUpload));
    assert_eq!(gateway.balance(&key).await.spent, 1);
    gateway.stop().await;
    place.assert_sound().await;
}

/// Whoever hangs up while a picture is being kept leaves no file that counts for nobody.
#[tokio::test]
async fn an_upload_whose_client_hangs_up_is_kept_whole_or_not_at_all() {
    use tokio::io::AsyncWriteExt as _;

    const HANGING_UP: usize = 12;
    let place = Place::with(|config| config.limits.uploads = 100);
    let key = place.key(100).await;
    let gateway = place.start().await;
    let picture = png(200_000);
    for _ in 0..HANGING_UP {
        let address = gateway.url.strip_prefix("http://").unwrap();
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /api/uploads HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n",
            picture.len()
        );
        let before = files(&place).len();
        socket.write_all(&[head.as_bytes(), &picture].concat()).await.unwrap();
        // Until the gateway has begun to keep it; then nobody waits for the answer.
        while files(&place).len() == before {
            tokio::task::yield_now().await;
        }
        drop(socket);
        let settling = async {
            while files(&place).len() != kept(&place) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), settling).await.expect("each has its row");
    }
    gateway.stop().await;
    place.assert_sound().await;
}

/// How many uploads have a row.
fn kept(place: &Place) -> usize {
    let count = database(place).query_row("SELECT count(*) FROM uploads", [], |row| row.get(0));
    usize::try_from(count.unwrap_or(0_i64)).unwrap()
}
