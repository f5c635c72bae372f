//! The gateway's statements about itself are true: ready means that it can write, errors are words,
//! and a clock that was set back has no effect.

use std::time::Duration;

use ai_now_gateway::store::Publishable;
use reqwest::Method;
use serde_json::json;

use crate::crash::Process;
use crate::support::{Gateway, Place, completed, database, refusal, song};

/// Waits for what comes to pass.
async fn until(what: impl AsyncFn() -> bool) {
    let waiting = async {
        while !what().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it comes to pass");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn it_is_not_ready_while_nothing_can_be_written() {
    use rustix::process::{Resource, Rlimit, prlimit};
    let place = Place::new();
    let key = place.key(100).await;
    let process = Process::start_where_files_may_fill(place.data());
    let ready = async || {
        let asked = crate::support::client().get(format!("{}/readyz", process.url));
        asked.send().await.unwrap()
    };
    assert_eq!(ready().await.status(), 200);
    // From now on no file takes another byte, as on a full disk.
    let pid = rustix::process::Pid::from_raw(process.id().cast_signed());
    let before = prlimit(pid, Resource::Fsize, Rlimit { current: Some(0), maximum: None }).unwrap();
    until(async || ready().await.status() == 503).await;
    let message = refusal(ready().await, 503).await;
    assert!(message.text.contains("can't read or write"), "{}", message.text);
    // It is alive, and reads.
    let balance = crate::support::client().get(format!("{}/api/balance", process.url));
    assert_eq!(balance.bearer_auth(&key).send().await.unwrap().status(), 200);
    prlimit(pid, Resource::Fsize, before).unwrap();
    until(async || ready().await.status() == 200).await;
}

#[tokio::test]
async fn it_is_not_ready_without_a_place_for_results() {
    let place = Place::new();
    let gateway = place.start().await;
    let ready = async || gateway.ask(Method::GET, "/readyz").send().await.unwrap().status();
    assert_eq!(ready().await, 200);
    let (media, away) = (place.data().join("media"), place.data().join("away"));
    std::fs::rename(&media, &away).unwrap();
    until(async || ready().await == 503).await;
    std::fs::rename(&away, &media).unwrap();
    until(async || ready().await == 200).await;
    assert_eq!(std::fs::read_dir(&media).unwrap().count(), 0, "trying leaves nothing behind");
    gateway.stop().await;
}

/// A disk that isn't there takes no file away: what is on it is there again, later.
#[tokio::test]
async fn files_that_cannot_be_read_are_not_called_missing() {
    let place = Place::new();
    let key = place.key(100).await;
    let web = place.path("web");
    std::fs::create_dir(&web).unwrap();
    std::fs::write(web.join("index.html"), "a page").unwrap();
    let mut config = place.config.clone();
    config.web = Some(web.clone());
    let gateway = Gateway::start(config).await;
    let accepted = gateway.create(&key, &song()).await;
    let url = completed(&gateway.follow(&accepted.events).await);
    let status = async |url: &str| crate::support::client().get(url).send().await.unwrap();
    let later = async |url: &str| {
        let answer = status(url).await;
        assert_eq!(answer.headers()["retry-after"], "5");
        refusal(answer, 503).await;
    };
    let page = format!("{}/index.html", gateway.url);
    let (media, away) = (place.data().join("media"), place.data().join("away"));
    std::fs::rename(&media, &away).unwrap();
    later(&url).await;
    // Another thing under the name of the folder, or of the file.
    std::fs::write(&media, "not a folder").unwrap();
    later(&url).await;
    std::fs::remove_file(&media).unwrap();
    std::fs::create_dir_all(media.join(url.rsplit('/').next().unwrap())).unwrap();
    later(&url).await;
    std::fs::remove_dir_all(&media).unwrap();
    std::fs::rename(&away, &media).unwrap();
    assert_eq!(status(&url).await.status(), 200);
    // What never was, isn't.
    let never = url.replace(url.rsplit('/').next().unwrap(), "never-0123456789abcdefghij.mp3");
    assert_eq!(status(&never).await.status(), 404);
    // The page's files, too.
    let elsewhere = place.path("elsewhere");
    std::fs::rename(&web, &elsewhere).unwrap();
    later(&page).await;
    std::fs::rename(&elsewhere, &web).unwrap();
    assert_eq!(status(&page).await.status(), 200);
    for missing in ["other.html", "index.html/more", &"a".repeat(300)] {
        let answer = status(&format!("{}/{missing}", gateway.url)).await;
        assert_eq!(answer.status(), 404, "{missing}");
    }
    gateway.stop().await;
}

/// What was written down while the clock was ahead would count for a day, and longer.
#[tokio::test]
async fn a_clock_that_was_set_back_refuses_no_client() {
    const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
    let place = Place::new();
    let key = place.key(1000).await;
    let limits = Publishable { visitor_budget: 50, visitors_per_address: 1, tokens_per_day: 10 };
    let page = place.publishable(&key, "https://a.example", limits).await;
    let gateway = place.start().await;
    let open = async || {
        let asked = gateway.post("/api/sessions", &page, &json!({}));
        asked.header("origin", "https://a.example").send().await.unwrap()
    };
    let submit = async |token: &str| {
        let asked = gateway.post("/api/generations", token, &song());
        asked.header("origin", "https://a.example").send().await.unwrap()
    };
    let token = |session: &serde_json::Value| session["token"].as_str().unwrap().to_owned();
    let first = token(&open().await.json().await.unwrap());
    assert_eq!(submit(&first).await.status(), 201);
    // Now the day of the address and the day of the key are used up.
    refusal(open().await, 429).await;
    assert_eq!(submit(&first).await.status(), 429);
    let file = database(&place);
    for (sql, by) in [
        ("UPDATE visitors SET created_at_ms = created_at_ms + ?", YEAR_MS),
        ("UPDATE generations SET created_at_ms = created_at_ms + ?", YEAR_MS),
        ("UPDATE sessions SET expires_at_ms = expires_at_ms + ?", YEAR_MS),
    ] {
        file.execute(sql, [by]).unwrap();
    }
    drop(file);
    let second = token(&open().await.json().await.unwrap());
    for token in [&first, &second] {
        let answer = submit(token).await;
        // One of them uses up the day of now.
        let expected = if token == &first { 201 } else { 429 };
        assert_eq!(answer.status(), expected);
    }
    gateway.stop().await;
}

/// Else a session of an hour were good for as long as the clock was ahead, and a message waited for it.
#[tokio::test]
async fn what_was_written_while_the_clock_was_ahead_is_of_now_after_a_start() {
    const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
    let place = Place::new();
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let asked = gateway.post("/api/sessions", &key, &json!({"lifetime_secs": 60}));
    let session: serde_json::Value = asked.send().await.unwrap().json().await.unwrap();
    let token = session["token"].as_str().unwrap();
    gateway.stop().await;
    let file = database(&place);
    let change = |sql| file.execute(sql, [YEAR_MS]).unwrap();
    let ahead =
        "UPDATE sessions SET opened_at_ms = opened_at_ms + ?1, expires_at_ms = expires_at_ms + ?1";
    assert_eq!(change(ahead), 1);
    let gateway = place.start().await;
    let expires = || {
        let asked = "SELECT expires_at_ms - unixepoch() * 1000, opened_at_ms - unixepoch() * 1000
            FROM sessions";
        file.query_row(asked, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).unwrap()
    };
    until(async || expires().0 <= 62_000).await;
    assert!(expires().1 <= 2_000);
    // It is good for its minute.
    let balance = gateway.get("/api/balance", token).send().await.unwrap();
    assert_eq!(balance.status(), 200);
    gateway.stop().await;
}

/// A result of a provider's that finds the disk full is loaded again, and asked for only once.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_made_outlives_a_full_disk() {
    use crate::providers::fixture::{SECRET, request};
    use crate::providers::upstream::{Script, Speaks, Stands, Upstream, What};
    use ai_now_protocol::api::Accepted;
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let place = Place::new();
    let key = place.key(100).await;
    // It is done as soon as the disk is full.
    let script =
        Script { stands: vec![Stands::Queued(1), Stands::Done], held: 1, ..Script::default() };
    let upstream = Upstream::start(Speaks::Luma, script).await;
    let config = place.path("config.toml");
    let toml = format!(
        "[providers.up]\nkind = 'luma'\nbase_url = '{}'\nallow_private = true\nkey_env = 'KEY_OF_UP'\n\
         poll_ms = 5\n[[models]]\nid = 'run'\nkind = 'video'\nroutes = ['up']\n",
        upstream.url
    );
    std::fs::write(&config, toml).unwrap();
    let process = Process::start_with(place.data(), &config, &[("KEY_OF_UP", SECRET)]);
    let client = crate::support::client();
    let asked = client.post(format!("{}/api/generations", process.url)).bearer_auth(&key);
    let mut request = request();
    // Luma has no seed.
    request.as_object_mut().unwrap().remove("options");
    let accepted: Accepted = asked.json(&request).send().await.unwrap().json().await.unwrap();
    upstream.wait_for(What::Status, 1).await;
    let pid = Pid::from_raw(process.id().cast_signed());
    let before = prlimit(pid, Resource::Fsize, Rlimit { current: Some(0), maximum: None }).unwrap();
    upstream.go_on();
    upstream.wait_for(What::Media, 3).await;
    prlimit(pid, Resource::Fsize, before).unwrap();
    let events = client.get(format!("{}{}", process.url, accepted.events));
    completed(&crate::support::read_all(events.send().await.unwrap()).await);
    assert_eq!(upstream.came(What::Submit).len(), 1);
    drop(process);
    place.assert_sound().await;
}

/// Readers that stall hold a connection and a file each. They leave enough for work and results.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn readers_of_media_leave_descriptors_for_results() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    const READERS: usize = 290;
    let place = Place::new();
    let key = place.key(100).await;
    let name = ai_now_gateway::media::new_name("long", ai_now_protocol::Format::Mp4);
    let process = Process::start_with_descriptors(place.data(), 560, 300);
    let file = std::fs::File::create(place.data().join("media").join(&name)).unwrap();
    file.set_len(64 * 1024 * 1024).unwrap();
    let address = process.url.strip_prefix("http://").unwrap();
    let (mut readers, mut served, mut refused) = (Vec::new(), 0, 0);
    for number in 0..READERS {
        if number == 20 {
            assert_eq!((served, refused), (16, 4), "one address has its part and no more");
        }
        let from = if number < 20 { 1 } else { 2 + number % 7 };
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(format!("127.0.0.{from}:0").parse().unwrap()).unwrap();
        let mut reader = socket.connect(address.parse().unwrap()).await.unwrap();
        let request = format!("GET /media/{name} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        reader.write_all(request.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        reader.read_exact(&mut status).await.unwrap();
        match &status[9..] {
            b"200" => served += 1,
            b"503" => refused += 1,
            other => panic!("{}", String::from_utf8_lossy(other)),
        }
        readers.push(reader);
    }
    assert_eq!((served, refused), (64, READERS - 64));
    let client = crate::support::client();
    let asked = client.post(format!("{}/api/generations", process.url)).bearer_auth(&key);
    let accepted: ai_now_protocol::api::Accepted =
        asked.json(&song()).send().await.unwrap().json().await.unwrap();
    let events = client.get(format!("{}{}", process.url, accepted.events));
    completed(&crate::support::read_all(events.send().await.unwrap()).await);
    drop(readers);
}
