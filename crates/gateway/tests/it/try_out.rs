//! The command that makes something from the terminal.

use std::process::{Command, Output};

use ai_now_protocol::api::State;

use crate::cli::PROGRAM;
use crate::support::{Gateway, Place};

/// Runs `try` in a directory of its own.
fn run(place: &Place, gateway: &Gateway, key: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg("try").args(arguments).current_dir(place.path(""));
    command.env("AI_NOW_SERVER", &gateway.url).env("AI_NOW_KEY", key).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

// The program is waited for on one thread while the gateway answers on another.
#[tokio::test(flavor = "multi_thread")]
async fn a_song_and_a_film_in_a_style_come_as_files() {
    let place = Place::new();
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let song = run(&place, &gateway, &key, &["an upbeat pop song, 5 seconds"]);
    assert!(song.status.success(), "{}", text(&song.stderr));
    let name = text(&song.stdout);
    let name = name.trim();
    assert!(name.ends_with(".mp3") && !name.contains('/'), "{name}");
    assert!(text(&song.stderr).contains("10 tokens"), "{}", text(&song.stderr));
    let made = gateway.list(&key, "").await.generations.remove(0);
    let result = crate::support::client().get(made.url.as_ref().unwrap().as_str());
    let result = result.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(std::fs::read(place.path(name)).unwrap(), result);

    let film =
        ["a lake, 2 seconds", "--model", "Pika", "--style", "Water Color", "--option", "seed=7"];
    let film = run(&place, &gateway, &key, &[&film[..], &["--json", "--out", "lake.mp4"]].concat());
    assert!(film.status.success(), "{}", text(&film.stderr));
    let told: serde_json::Value = serde_json::from_slice(&film.stdout).unwrap();
    let size = std::fs::metadata(place.path("lake.mp4")).unwrap().len();
    assert_eq!((&told["file"], &told["bytes"]), (&"lake.mp4".into(), &size.into()));
    let made = gateway.list(&key, "").await.generations.remove(0);
    assert_eq!((made.state, made.style.as_deref()), (State::Completed, Some("4")));
    assert_eq!(made.options["seed"], 7_i64.into());
    assert!(!place.path("lake.mp4.part").exists());
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_reported_and_cost_nothing() {
    let place = Place::new();
    let key = place.key(5).await;
    let gateway = place.start().await;
    let nowhere = ["a lake", "--server", "http://127.0.0.1:1"];
    for (key, arguments, says) in [
        (key.as_str(), &["a lake", "--model", "nobody"][..], "nobody"),
        (&key, &["a lake", "--model", "pika", "--style", "mud"], "mud"),
        (&key, &[" "], "prompt"),
        (&key, &["a lake", "--option", "seed"], "NAME=VALUE"),
        (&key, &["a song"], "5 are available"),
        ("", &["a song"], "AI_NOW_KEY"),
        ("ak_wrong", &["a song"], "not valid"),
        (&key, &nowhere, "can't be reached"),
        (&key, &["a song", "--server", "music.example"], "https://"),
    ] {
        let output = run(&place, &gateway, key, arguments);
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(says), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty() && !said.contains(&place.path("").display().to_string()));
    }
    assert_eq!(gateway.balance(&key).await.available, 5);
    gateway.stop().await;
}
