//! A program as a provider.

use std::path::Path;
use std::time::{Duration, Instant};

use ai_now_gateway::config::ModelSettings;
use ai_now_protocol::api::{Generation, State};
use ai_now_protocol::{Event, MediaKind};
use serde_json::{Value, json};

use super::fixture::{program, program_with, request, route, wait_for};
use crate::support::{EventStream, Gateway, Place};

/// Makes a film in the shell's language.
const FILM: &str = concat!("cp ", env!("CARGO_MANIFEST_DIR"), "/tests/files/film.mp4 a.mp4");

/// The media files of the tests.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files");

struct Setup {
    place: Place,
    gateway: Gateway,
    key: String,
}

/// A gateway whose model `run` is made by a script, then by a stand-in. `$0` is a directory that
/// outlives the script; `more` are further settings.
async fn setup(script: &str, more: &str) -> Setup {
    let mut place = Place::new();
    let directory = place.path("");
    let own = program_with(script, &[directory.to_str().unwrap()], more);
    place.config.providers.insert("own".into(), own);
    let stand_in = program(&format!("{FILM}; echo '{{\"file\":\"a.mp4\",\"note\":\"stand-in\"}}'"));
    place.config.providers.insert("stand-in".into(), stand_in);
    route(&mut place.config, &["own", "stand-in"], MediaKind::Video);
    let key = place.key(1000).await;
    let gateway = place.start().await;
    Setup { place, gateway, key }
}

impl Setup {
    async fn make(&self) -> Generation {
        let accepted = self.gateway.create(&self.key, &request()).await;
        self.gateway.follow(&accepted.events).await;
        self.gateway.show(&self.key, &accepted.id).await
    }

    async fn finish(self, spent: u64) {
        assert_eq!(self.gateway.balance(&self.key).await.spent, spent);
        self.gateway.stop().await;
        self.place.assert_sound().await;
        for name in ["own", "stand-in"] {
            let work = self.place.data().join("work").join(name);
            assert_eq!(std::fs::read_dir(work).unwrap().count(), 0, "a directory was left");
        }
    }
}

#[tokio::test]
async fn it_is_asked_in_json_and_answers_in_lines() {
    let script = format!(
        "cat > \"$0/request\"; pwd > \"$0/pwd\"; env > \"$0/env\"; echo complaint >&2; \
         echo 'loading weights...'; echo '{{\"progress\":0.25,\"step\":\"denoising\",\"eta_secs\":9}}'; \
         until test -e \"$0/go\"; do sleep 0.02; done; \
         {FILM}; echo '{{\"file\":\"a.mp4\",\"note\":\"made here\"}}'"
    );
    let setup = setup(&script, "env = ['CARGO_MANIFEST_DIR']").await;
    let accepted = setup.gateway.create(&setup.key, &request()).await;
    let asked = setup.gateway.ask(reqwest::Method::GET, &accepted.events);
    let mut stream = EventStream::new(asked.send().await.unwrap());
    let step = wait_for(
        &mut stream,
        |event| matches!(event, Event::Processing(p) if p.progress == Some(0.25)),
    );
    let Event::Processing(progress) = step.await else { panic!() };
    assert_eq!((progress.step.unwrap().text.as_ref(), progress.eta_secs), ("denoising", Some(9)));
    std::fs::write(setup.place.path("go"), "").unwrap();
    let made = setup.gateway.follow(&accepted.events).await;
    assert!(
        matches!(&made.last().unwrap().1, Event::Completed(c) if c.note.as_ref().map(|note| &*note.text) == Some("made here"))
    );

    let read = |name: &str| std::fs::read_to_string(setup.place.path(name)).unwrap();
    let directory = read("pwd").trim().to_owned();
    assert_eq!(
        serde_json::from_str::<Value>(&read("request")).unwrap(),
        json!({
            "version": 1,
            "id": accepted.id,
            "model": "run",
            "kind": "video",
            "prompt": "A lake",
            "style": {
                "value": "pixel_art",
                "name": "Pixel Art",
                "words": "as pixel art, few colours, large square pixels",
            },
            "phrased": "A lake, as pixel art, few colours, large square pixels",
            "seed": 7,
            "options": {},
            "picture": null,
            "directory": directory,
        })
    );
    // Of our environment it gets what it needs and what it was given.
    let environment = read("env");
    assert!(environment.contains("PATH=") && environment.contains("CARGO_MANIFEST_DIR="));
    assert!(!environment.contains("CARGO_PKG_NAME="), "{environment}");
    assert!(!Path::new(&directory).exists());
    setup.finish(30).await;
}

#[tokio::test]
async fn only_a_fitting_file_of_its_own_is_taken() {
    let table = [
        ("echo '{\"file\":\"/etc/passwd\"}'", "not in its working directory"),
        ("echo '{\"file\":\"../../../key\"}'", "is not there"),
        ("ln -s /etc/passwd a.mp4; echo '{\"file\":\"a.mp4\"}'", "not in its working directory"),
        ("mkdir a.mp4; echo '{\"file\":\"a.mp4\"}'", "not a file"),
        ("echo '{\"file\":\"nothing.mp4\"}'", "is not there"),
        ("echo text > a.mp4; echo '{\"file\":\"a.mp4\"}'", "not a media file"),
        (&format!("cp {FILES}/song.mp3 a.mp3; echo '{{\"file\":\"a.mp3\"}}'"), "audio/mpeg"),
        (&format!("cp {FILES}/sound-alone.mp4 a.mp4; echo '{{\"file\":\"a.mp4\"}}'"), "audio/mp4"),
        (&format!("cp {FILES}/picture.avif a.mp4; echo '{{\"file\":\"a.mp4\"}}'"), "image/avif"),
        (&format!("cp {FILES}/hevc.mp4 a.mp4; echo '{{\"file\":\"a.mp4\"}}'"), "HEVC"),
        (
            &format!("head -c 900 {FILES}/film.mp4 > a.mp4; echo '{{\"file\":\"a.mp4\"}}'"),
            "not whole",
        ),
        (": > a.mp4; echo '{\"file\":\"a.mp4\"}'", "not a media file"),
        (
            "dd if=/dev/zero of=a.mp4 bs=1M count=2 2>&1; echo '{\"file\":\"a.mp4\"}'",
            "larger than 1",
        ),
    ];
    for (script, why) in table {
        let setup = setup(script, "result_max_mib = 1").await;
        let made = setup.make().await;
        assert_eq!(made.state, State::Failed, "{script}");
        let message = made.message.unwrap().text;
        assert!(message.contains(why), "{script}: {message}");
        setup.finish(0).await;
    }
}

#[tokio::test]
async fn how_it_fails_decides_what_is_done() {
    let endless = "head -c 100000 /dev/zero | tr '\\0' x";
    let table = [
        ("echo '{\"error\":\"no <b>room</b>\"}'", Some("own could not make it: no <b>room</b>.")),
        ("echo '{\"error\":\"nudity\",\"kind\":\"content_policy\"}'", Some("content policy")),
        ("echo '{\"error\":\"no room\",\"kind\":\"transient\"}'", None),
        ("exit 3", None),
        ("kill -9 $$", None),
        (endless, None),
        ("echo '{\"file\":\"a.mp4\"}'; exit 1", None),
        ("echo '[1]'; echo null; echo '{\"progress\":\"x\"}'", None),
        ("exec 1>&-; sleep 0.1", None),
    ];
    for (script, told) in table {
        let setup = setup(script, "").await;
        let made = setup.make().await;
        match told {
            Some(told) => {
                let message = made.message.unwrap_or_default().text;
                assert!(message.contains(told), "{script}: {message}");
                setup.finish(0).await;
            }
            None => {
                assert_eq!(
                    made.note.as_ref().map(|note| &*note.text),
                    Some("stand-in"),
                    "{script}: {:?}",
                    made.message
                );
                setup.finish(30).await;
            }
        }
    }
}

/// Whether a process does nothing any more: gone, or dead and not yet waited for.
fn is_dead(pid: &str) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return true };
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X']))
}

#[tokio::test]
async fn it_is_ended_with_its_children() {
    let script = "sleep 1000 & echo $! > \"$0/child\"; echo '{\"progress\":0.5}'; wait";
    for cancelled in [true, false] {
        let limit = if cancelled { "" } else { "timeout_secs = 1" };
        let setup = setup(script, limit).await;
        let accepted = setup.gateway.create(&setup.key, &request()).await;
        let asked = setup.gateway.ask(reqwest::Method::GET, &accepted.events);
        let mut stream = EventStream::new(asked.send().await.unwrap());
        wait_for(&mut stream, |e| matches!(e, Event::Processing(p) if p.progress == Some(0.5)))
            .await;
        let child = std::fs::read_to_string(setup.place.path("child")).unwrap();
        let child = child.trim().to_owned();
        assert!(!is_dead(&child));
        if cancelled {
            setup.gateway.cancel(&setup.key, &accepted.id).await;
        }
        setup.gateway.follow(&accepted.events).await;
        let made = setup.gateway.show(&setup.key, &accepted.id).await;
        assert_eq!(made.state, if cancelled { State::Cancelled } else { State::Failed });
        let patience = Instant::now() + Duration::from_secs(30);
        while !is_dead(&child) {
            assert!(Instant::now() < patience, "the child {child} lives on");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        setup.finish(0).await;
    }
}

/// A helper of the program's that holds its output open, in its process group or out of it, and one
/// that goes on talking.
#[tokio::test]
async fn a_child_that_holds_the_output_open_costs_no_result() {
    let table = [
        ("sleep 1000 & echo $! > \"$0/child\"", "\\n", true),
        ("sleep 1000 & echo $! > \"$0/child\"", "", true),
        ("setsid sh -c 'echo $$ > \"$0/child\"; exec sleep 1000' \"$0\" &", "\\n", false),
        ("(while echo '{\"progress\":0.5}'; do :; done) & echo $! > \"$0/child\"", "\\n", true),
    ];
    for (helper, newline, ended) in table {
        let script = format!(
            "{helper}
until test -s \"$0/child\"; do sleep 0.02; done
             {FILM}; printf '{{\"file\":\"a.mp4\",\"note\":\"made here\"}}{newline}'"
        );
        let setup = setup(&script, "").await;
        let made = setup.make().await;
        let child = std::fs::read_to_string(setup.place.path("child")).unwrap();
        let child = child.trim();
        let note = made.note.as_ref().map(|note| &*note.text);
        assert_eq!(note, Some("made here"), "{helper}: {:?}", made.message);
        let patience = Instant::now() + Duration::from_secs(30);
        while ended && !is_dead(child) {
            assert!(Instant::now() < patience, "{helper}: the child {child} lives on");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if !ended {
            let _ = std::process::Command::new("kill").args(["-9", child]).status();
        }
        setup.finish(30).await;
    }
}

/// The example in the documentation, unchanged, with stand-ins for its libraries, which record
/// their calls.
#[tokio::test]
async fn the_documented_example_makes_a_picture() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/command-provider");
    let mut place = Place::new();
    let libraries = place.path("libraries");
    std::fs::create_dir(&libraries).unwrap();
    std::fs::write(libraries.join("torch.py"), TORCH).unwrap();
    std::fs::write(libraries.join("diffusers.py"), DIFFUSERS).unwrap();
    // The environment of an operator is set by a program around it here.
    let script = format!(
        "PYTHONPATH={} exec python3 -B {example}/picture.py /srv/models/tiny --steps 4 --guidance 0",
        libraries.display()
    );
    let model = |id: &str, kind| ModelSettings {
        id: id.into(),
        kind: Some(kind),
        price_tokens: Some(5),
        routes: Some(vec!["own".into()]),
        ..ModelSettings::default()
    };
    place.config.providers.insert("own".into(), program(&script));
    place.config.models = vec![model("tiny", MediaKind::Picture), model("song", MediaKind::Audio)];
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let make = async |model: &str, prompt: &str| {
        let request = json!({"model": model, "prompt": prompt});
        let accepted = gateway.create(&key, &request).await;
        let events = gateway.follow(&accepted.events).await;
        (gateway.show(&key, &accepted.id).await, events)
    };

    let (made, events) = make("tiny", "A lake").await;
    assert_eq!(
        made.note.as_ref().map(|note| &*note.text),
        Some("tiny, 4 steps"),
        "{:?}",
        made.message
    );
    let url = made.url.as_ref().unwrap().as_str();
    let picture = crate::support::client().get(url).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    let picture = picture.bytes().await.unwrap();
    // The program is given the seed that the generation shows.
    let said = format!("/srv/models/tiny A lake 4 0.0 {}", made.options["seed"]);
    let says = picture.windows(said.len()).any(|part| part == said.as_bytes());
    assert!(says, "{picture:?}");
    let drawing = events.iter().any(
        |(_, event)| matches!(event, Event::Processing(p) if p.step.as_ref().is_some_and(|step| step.text == "drawing")),
    );
    assert!(drawing, "{events:?}");

    let (refused, _) = make("tiny", "nude").await;
    assert!(refused.message.unwrap().text.contains("content policy"));
    let (wrong, _) = make("song", "A lake").await;
    assert!(wrong.message.unwrap().text.contains("this program makes pictures only"));
    assert_eq!(gateway.balance(&key).await.spent, 5);
    gateway.stop().await;
    place.assert_sound().await;
}

const TORCH: &str = "
class cuda:
    is_available = staticmethod(lambda: False)

float16, float32 = 'float16', 'float32'

class Generator:
    def __init__(self, device):
        assert device == 'cpu'
    def manual_seed(self, seed):
        self.seed = seed
        return self
";

const DIFFUSERS: &str = "
import struct, time, types, zlib

print('libraries say all sorts of things')

class Picture:
    def __init__(self, about):
        self.about = about
    def save(self, path):
        with open(path, 'wb') as file:
            file.write(b'\\x89PNG\\r\\n\\x1a\\n')
            pixel = struct.pack('>IIBBBBB', 1, 1, 8, 0, 0, 0, 0)
            about = b'Comment\\0' + self.about.encode()
            for kind, data in (b'IHDR', pixel), (b'tEXt', about), (b'IDAT', zlib.compress(b'\\0\\0')), (b'IEND', b''):
                check = zlib.crc32(kind + data)
                file.write(struct.pack('>I', len(data)) + kind + data + struct.pack('>I', check))

class AutoPipelineForText2Image:
    @classmethod
    def from_pretrained(cls, model, torch_dtype, local_files_only):
        assert torch_dtype == 'float32' and local_files_only
        self = cls()
        self.model = model
        return self
    def to(self, device):
        assert device == 'cpu'
        return self
    def __call__(self, prompt, num_inference_steps, guidance_scale, generator, callback_on_step_end):
        for step in range(num_inference_steps):
            # Longer than the pause between two words of progress.
            time.sleep(0.3)
            assert callback_on_step_end(self, step, None, {'latents': step}) == {'latents': step}
        about = f'{self.model} {prompt} {num_inference_steps} {guidance_scale} {generator.seed}'
        return types.SimpleNamespace(
            images=[Picture(about)], nsfw_content_detected=['nude' in prompt]
        )
";
