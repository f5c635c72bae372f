//! Media in an S3-compatible store: made, played, downloaded, removed and audited as in a folder;
//! what happens while the store is unavailable; and that its key is never shown.

use std::time::{Duration, SystemTime};

use ai_now_gateway::config::Config;
use ai_now_gateway::media::{self, MediaUrls, Users, new_name};
use ai_now_protocol::Format;
use reqwest::StatusCode;
use reqwest::redirect::Policy;
use serde_json::json;

use crate::object_server::{ObjectServer, SECRET};
use crate::support::{Place, client, completed, database, problem, song};

/// Waits until something is so; for a minute at most.
async fn until(mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it comes to pass");
}

fn place(objects: &ObjectServer, change: impl FnOnce(&mut Config)) -> Place {
    Place::with(|config| {
        objects.settings(config);
        change(config);
    })
}

#[tokio::test]
async fn a_result_in_a_bucket_is_played_as_from_a_folder() {
    let objects = ObjectServer::start().await;
    let place = place(&objects, |_| {});
    let key = place.key(20).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let url = completed(&gateway.follow(&accepted.events).await);
    let name = url.rsplit('/').next().unwrap();
    assert_eq!(objects.names("media"), [name]);
    assert!(!place.data().join("media").exists());
    assert_eq!(std::fs::read_dir(place.data().join("scratch")).unwrap().count(), 0);

    let whole = client().get(&url).send().await.unwrap();
    assert_eq!(whole.status(), 200);
    assert_eq!(whole.headers()["etag"], format!("\"{name}\""));
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    assert_eq!(whole.headers()["content-type"], "audio/mpeg");
    assert_eq!(whole.headers()["cache-control"], "public, max-age=31536000, immutable");
    let modified = whole.headers()["last-modified"].clone();
    let whole = whole.bytes().await.unwrap();
    assert_eq!(whole, std::fs::read(objects.folder("media").join(name)).unwrap());
    let size = whole.len();

    let head = client().head(&url).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], size.to_string());
    for (range, expected) in [
        ("bytes=0-9", &whole[..10]),
        ("bytes=100-", &whole[100..]),
        ("bytes=-7", &whole[size - 7..]),
        ("bytes=5-99999999", &whole[5..]),
    ] {
        let asked = client().get(&url).header("range", range).header("if-range", &modified);
        let part = asked.send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert!(part.headers()["content-range"].to_str().unwrap().ends_with(&format!("/{size}")));
        assert_eq!(part.bytes().await.unwrap(), expected, "{range}");
    }
    // More than one part: the whole, as from a folder.
    let parts = client().get(&url).header("range", "bytes=0-1,5-6").send().await.unwrap();
    assert_eq!(parts.bytes().await.unwrap().len(), size);
    let beyond = client().get(&url).header("range", format!("bytes={size}-")).send().await.unwrap();
    assert_eq!(beyond.headers()["content-range"], format!("bytes */{size}"));
    problem(beyond, 416).await;
    let known = client().get(&url).header("if-none-match", format!("\"{name}\""));
    assert_eq!(known.send().await.unwrap().status(), 304);
    let saved = client().get(format!("{url}?download=1")).send().await.unwrap();
    let disposition = format!("attachment; filename=\"{name}\"");
    assert_eq!(saved.headers()["content-disposition"], disposition);
    let missing = gateway.url.clone() + "/media/" + &new_name("nothing", Format::Mp3);
    problem(client().get(missing).send().await.unwrap(), 404).await;
    gateway.stop().await;

    // A restart finds it where it is; an audit would see it gone, or cut.
    let gateway = place.start().await;
    let path = format!("/media/{name}");
    let again = gateway.ask(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(again.bytes().await.unwrap(), whole);
    gateway.stop().await;
    assert_eq!(place.assert_sound().await.generations, 1);
    let file = objects.folder("media").join(name);
    std::fs::write(&file, b"cut").unwrap();
    let faults = place.audit().await.faults.join("\n");
    assert!(faults.contains(&format!("has 3 bytes instead of {size}")), "{faults}");
    std::fs::remove_file(&file).unwrap();
    let faults = place.audit().await.faults.join("\n");
    assert!(faults.contains(&format!("the media file {name} cannot be read")), "{faults}");
}

#[tokio::test]
async fn a_reader_is_sent_to_the_store_where_the_operator_wants_that() {
    let objects = ObjectServer::start().await;
    let place = place(&objects, |config| {
        config.media_urls = MediaUrls::Signed;
        config.object_store.signed_url_secs = 600;
    });
    let key = place.key(20).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let url = completed(&gateway.follow(&accepted.events).await);
    let name = url.rsplit('/').next().unwrap();
    let stays = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();

    let sent = stays.get(&url).header("origin", "https://page.example").send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::TEMPORARY_REDIRECT);
    // Not kept longer than the address is good.
    assert_eq!(sent.headers()["cache-control"], "private, max-age=300");
    assert_eq!(sent.headers()["access-control-allow-origin"], "*");
    let elsewhere = sent.headers()["location"].to_str().unwrap().to_owned();
    assert!(elsewhere.starts_with(&objects.url()), "{elsewhere}");
    assert!(elsewhere.contains("X-Amz-Expires=600"), "{elsewhere}");
    assert!(!elsewhere.contains(SECRET));
    let file = std::fs::read(objects.folder("media").join(name)).unwrap();
    let whole = client().get(&url).send().await.unwrap();
    assert_eq!(whole.headers()["content-type"], "audio/mpeg");
    assert_eq!(whole.bytes().await.unwrap(), file);
    let part = client().get(&url).header("range", "bytes=10-19").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.unwrap(), file[10..20]);
    // Signed are also the words that make a browser save it.
    let saved = stays.get(format!("{url}?download=1")).send().await.unwrap();
    let elsewhere = saved.headers()["location"].to_str().unwrap().to_owned();
    assert!(elsewhere.contains("response-content-disposition=attachment"), "{elsewhere}");
    assert_eq!(client().get(&elsewhere).send().await.unwrap().status(), 200);
    // An address that was changed opens nothing.
    let other = elsewhere.replace("attachment", "inline");
    assert_eq!(client().get(other).send().await.unwrap().status(), 403);
    // The gateway answers HEAD itself, and requests for names that are not ours.
    let head = stays.head(&url).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], file.len().to_string());
    let missing = gateway.url.clone() + "/media/" + &new_name("nothing", Format::Mp3);
    problem(stays.get(missing).send().await.unwrap(), 404).await;
    gateway.stop().await;
}

#[tokio::test]
async fn pictures_of_visitors_are_in_the_bucket_too_and_go_with_their_time() {
    let objects = ObjectServer::start().await;
    let place = place(&objects, |config| config.retention_days = 8);
    let key = place.key(100).await;
    let gateway = place.start().await;
    let picture = include_bytes!("../files/picture.jpg").to_vec();
    let upload: serde_json::Value =
        gateway.upload(&key, picture.clone()).await.json().await.unwrap();
    let id = upload["id"].as_str().unwrap().to_owned();
    assert_eq!(objects.names("uploads"), [id.as_str()]);
    assert_eq!(std::fs::read(objects.folder("uploads").join(&id)).unwrap(), picture);
    let body = json!({"model": "pika", "prompt": "it moves, 1 second", "options": {"image": id}});
    let made = gateway.create(&key, &body).await;
    completed(&gateway.follow(&made.events).await);
    gateway.stop().await;

    let file = database(&place);
    for sql in [
        "UPDATE generations SET finished_at_ms = finished_at_ms - 9 * 86400000",
        "UPDATE uploads SET expires_at_ms = 1",
    ] {
        file.execute(sql, []).unwrap();
    }
    drop(file);
    // Of a crash between an upload and its row: one that is old, and one that another gateway may be
    // about to record.
    let media = objects.folder("media");
    let [old, young] = [new_name("old", Format::Mp4), new_name("young", Format::Mp4)];
    for (name, hours) in [(&old, 25), (&young, 1)] {
        std::fs::write(media.join(name), b"left").unwrap();
        let file = std::fs::File::options().write(true).open(media.join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
    }
    let gateway = place.start().await;
    until(async || objects.names("media") == [young.as_str()]).await;
    until(async || objects.names("uploads").is_empty()).await;
    gateway.stop().await;
    place.assert_sound().await;
}

/// It was made, and perhaps paid for: it waits until the store is back. Readers are asked to wait,
/// too.
#[tokio::test]
async fn while_the_store_is_unavailable_results_wait_and_readers_get_503() {
    let mut objects = ObjectServer::start().await;
    let place = place(&objects, |config| config.metrics_listen = "127.0.0.1:0".parse().ok());
    let key = place.key(100).await;
    let gateway = place.start().await;
    let first = gateway.create(&key, &song()).await;
    let url = completed(&gateway.follow(&first.events).await);
    let ready =
        async || gateway.ask(reqwest::Method::GET, "/readyz").send().await.unwrap().status();
    assert_eq!(ready().await, 200);
    objects.go_away().await;

    let response = client().get(&url).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "5");
    problem(response, 503).await;
    until(async || ready().await == 503).await;
    let waits = gateway.create(&key, &song()).await;
    let waiting = async |count: u32| {
        let url = gateway.metrics.as_ref().unwrap();
        let text = client().get(url).send().await.unwrap().text().await.unwrap();
        text.lines().any(|line| line == format!("ai_now_results_waiting {count}"))
    };
    until(async || waiting(1).await).await;
    assert_eq!(gateway.balance(&key).await.held, 10);
    objects.come_back().await;
    let url = completed(&gateway.follow(&waits.events).await);
    assert_eq!(client().get(&url).send().await.unwrap().status(), 200);
    until(async || waiting(0).await).await;
    until(async || ready().await == 200).await;
    let balance = gateway.balance(&key).await;
    assert_eq!((balance.available, balance.held, balance.spent), (80, 0, 20));

    // The store is away when the gateway starts: the one result that is unfinished waits for it.
    objects.go_away().await;
    let third = gateway.create(&key, &song()).await;
    until(async || waiting(1).await).await;
    gateway.stop().await;
    let gateway = place.start().await;
    objects.come_back().await;
    completed(&gateway.follow(&third.events).await);
    gateway.stop().await;
    assert_eq!(place.assert_sound().await.generations, 3);
    assert_eq!(objects.names("media").len(), 3);
}

#[tokio::test]
async fn a_bucket_that_will_never_take_anything_is_refused_at_the_start() {
    use ai_now_gateway::server::Server;
    let objects = ObjectServer::start().await;
    let refusal = async |change: &dyn Fn(&mut Config)| {
        let place = place(&objects, change);
        let error = Server::start(place.config.clone()).await.err().unwrap().to_string();
        assert!(!error.contains(SECRET) && !format!("{:?}", place.config).contains(SECRET));
        error
    };
    let other_key = objects.folder("../../../other");
    std::fs::create_dir_all(other_key.parent().unwrap()).unwrap();
    std::fs::write(&other_key, "another-secret").unwrap();
    let other = |config: &mut Config| {
        config.object_store.secret_key_file = Some(other_key.clone());
    };
    let wrong = refusal(&other).await;
    assert!(wrong.contains("can't be written to") && !wrong.contains("another-secret"), "{wrong}");
    let nowhere = |config: &mut Config| {
        config.object_store.secret_key_file = Some("/nowhere/secret".into());
    };
    let no_file = refusal(&nowhere).await;
    assert!(no_file.contains("its key is not in the file /nowhere/secret"), "{no_file}");
}

/// A film of an hour does not fit into memory many times over: it goes in parts, and is there whole.
#[tokio::test]
async fn a_large_file_goes_up_in_parts() {
    let mut objects = ObjectServer::start().await;
    let place = place(&objects, |_| {});
    let settings = place.config.media_settings();
    let (media, _) = media::open(&settings, place.data(), Users::Several).await.unwrap();
    for size in [8 * 1024 * 1024 - 1, 8 * 1024 * 1024, 20 * 1024 * 1024 + 7] {
        let bytes: Vec<u8> = (0..size).map(|at: u32| (at / 1024 + at) as u8).collect();
        let unfinished = media.unfinished();
        std::fs::write(unfinished.path(), &bytes).unwrap();
        let name = new_name("large", Format::Mp4);
        media.adopt(&unfinished, &name).await.unwrap();
        let stored = std::fs::read(objects.folder("media").join(&name)).unwrap();
        assert!(stored == bytes, "{size}");
        let file = media.open(&name).await.unwrap();
        assert_eq!(file.size_bytes, u64::from(size));
    }
    // What does not arrive is not there, and is still here, to be tried again.
    let unfinished = media.unfinished();
    std::fs::write(unfinished.path(), vec![7; 20 * 1024 * 1024]).unwrap();
    let name = new_name("lost", Format::Mp4);
    objects.go_away().await;
    let error = media.adopt(&unfinished, &name).await.unwrap_err().to_string();
    assert!(!error.contains(&name), "{error}");
    objects.come_back().await;
    assert!(!objects.names("media").contains(&name));
    media.adopt(&unfinished, &name).await.unwrap();
    assert!(objects.names("media").contains(&name));
}
