//! `providers check`: what can be used, found out without spending.

use std::process::{Command, Output};

use ai_now_protocol::MediaKind;

use super::fixture::SECRET;
use super::upstream::{Script, Speaks, Upstream, What};
use crate::cli::PROGRAM;
use crate::support::Place;

fn check(place: &Place, toml: &str, environment: &[(&str, &str)]) -> (bool, String) {
    let file = place.path("config.toml");
    std::fs::write(&file, toml).unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["providers", "check", "--config"]).arg(file).arg("--data").arg(place.data());
    let Output { status, stdout, stderr } =
        command.envs(environment.iter().copied()).output().unwrap();
    let said = [stdout, stderr].concat();
    (status.success(), String::from_utf8(said).unwrap())
}

// The program is waited for on one thread while the service answers on another.
#[tokio::test(flavor = "multi_thread")]
async fn it_reports_usable_providers_and_spends_nothing() {
    let place = Place::new();
    for speaks in Speaks::ALL.iter().copied() {
        let upstream = Upstream::start(speaks, Script::default()).await;
        let (kind, own, url) = (speaks.api().kind(), speaks.api().settings(), &upstream.url);
        let media = if speaks.api().media() == MediaKind::Audio { "audio" } else { "video" };
        let toml = format!(
            "[providers.up]\nkind = '{kind}'\nbase_url = '{url}'\nallow_private = true\n\
             key_env = 'KEY_OF_UP'\n{own}\
             [[models]]\nid = 'run'\nkind = '{media}'\nroutes = ['up', 'sketch']\n"
        );
        let (good, said) = check(&place, &toml, &[("KEY_OF_UP", SECRET)]);
        assert!(good, "{said}");
        assert!(said.contains(&format!("up\t{kind}\tgood\tkey found in")), "{said}");
        let told = speaks != Speaks::Fal;
        assert_eq!(said.contains("key accepted"), told, "{said}");
        assert!(said.contains("run goes to up, then sketch"), "{said}");
        assert!(!said.contains(SECRET));
        assert_eq!(upstream.came(What::Submit).len(), 0);
        assert_eq!(upstream.came(What::Probe).len(), 1);

        let (good, said) = check(&place, &toml, &[]);
        assert!(!good && said.contains("its key is not in"), "{said}");
        assert!(said.contains("the environment variable KEY_OF_UP"), "{said}");
        let nobody = toml.replace(url, "http://127.0.0.1:1");
        let (good, said) = check(&place, &nobody, &[("KEY_OF_UP", SECRET)]);
        assert!(!good && said.contains("can't be reached"), "{said}");
        assert!(!said.contains("os error"), "{said}");
    }
    // Looking makes nothing.
    assert!(!place.data().exists());
}

#[test]
fn programs_and_settings_are_looked_at_too() {
    let place = Place::new();
    let program = |path: &str| format!("[providers.own]\nkind = 'command'\nprogram = '{path}'\n");
    let (good, said) = check(&place, &program("/bin/sh"), &[]);
    assert!(good && said.contains("own\tcommand\tgood\tthe program is there"), "{said}");
    for bad in ["/nowhere/program", "/etc/passwd", "/bin"] {
        let (good, said) = check(&place, &program(bad), &[]);
        assert!(!good && said.contains("own\tcommand\tbad"), "{said}");
    }
    let (good, said) = check(&place, "[providers.own]\nkind = 'command'\nkey = 'x'\n", &[]);
    assert!(!good && said.contains("unknown field `key`"), "{said}");
    let deep = [("AI_NOW_PROVIDERS__OWN__PROGRAM", "/bin/sh")];
    let (good, said) = check(&place, &program("/nowhere"), &deep);
    assert!(good, "{said}");
}
