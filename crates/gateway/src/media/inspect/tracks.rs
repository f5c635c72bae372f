//! The tracks of a film or a song: their codecs, their lengths, and whether they are complete.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use ai_now_protocol::Format;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known as audio;
use symphonia::core::codecs::video::{CODEC_ID_NULL_VIDEO, well_known as video};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, MediaInfo, Track};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::units::{Duration, TimeBase};
use symphonia::default::formats::{
    AdtsReader, FlacReader, IsoMp4Reader, MkvReader, MpaReader, OggReader, WavReader,
};

use super::error::ContentError;
use super::iso::{DeclaredSecs, Film};
use super::whole::{self, DeclaredLength};

/// The container of the tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Mpeg,
    Adts,
    Flac,
    Iso,
    Matroska,
    Ogg,
    Wave,
}

/// The tracks to be played, by their kind.
#[derive(Default)]
struct Tracks {
    video: Vec<Length>,
    audio: Vec<Length>,
}

/// The declared length of a track, and how much of it was found.
struct Length {
    id: u32,
    /// In the track's own unit; `None` if it declares none.
    declared: Option<u64>,
    found: u64,
    packets: u64,
    bytes: u64,
    /// Where the last of it ends, in seconds.
    end_secs: f64,
    time_base: Option<TimeBase>,
}

impl Tracks {
    /// Where the last of all tracks ends, in seconds.
    fn end_secs(&self) -> f64 {
        self.video.iter().chain(&self.audio).map(|length| length.end_secs).fold(0.0, f64::max)
    }
}

/// How long a tick is.
fn tick_secs(of: Option<TimeBase>) -> f64 {
    of.map_or(0.0, |of| f64::from(of.numer.get()) / f64::from(of.denom.get()))
}

/// The longest last picture of a film that says nothing of how long that one is shown.
const LAST_MAX_SECS: f64 = 1.0;

/// Reads a file from `start` to its end, and returns its format.
pub(super) fn read(
    container: Container,
    file: File,
    size: u64,
    start: u64,
) -> Result<Format, ContentError> {
    read_tracks(container, file, size, start).map(|(format, _)| format)
}

fn read_tracks(
    container: Container,
    file: File,
    size: u64,
    start: u64,
) -> Result<(Format, Tracks), ContentError> {
    let mut ends = file.try_clone()?;
    let mut reader = open(container, file).map_err(of_parser)?;
    let mut tracks = sort(container, reader.tracks())?;
    match walk(reader.as_mut(), &mut tracks) {
        // Written as it went, without a length: it ends where it ends. Whatever says how long it is was
        // compared with the file before.
        Err(ContentError::Cut) if container == Container::Wave => {}
        walked => walked?,
    }
    let declared_secs = match (container, reader.media_info()) {
        (Container::Matroska, MediaInfo { duration: Some(of), time_base, .. }) => {
            of.get() as f64 * tick_secs(*time_base)
        }
        _ => 0.0,
    };
    drop(reader);
    let format = format_of(container, &tracks)?;
    let main = tracks.video.first().or(tracks.audio.first()).ok_or(ContentError::NoTrack)?;
    if main.packets == 0 || main.found == 0 && main.declared == Some(0) {
        return Err(ContentError::Empty);
    }
    if tracks.end_secs() < declared_secs - LAST_MAX_SECS {
        return Err(ContentError::Cut);
    }
    check_end(container, &mut ends, size, start, main)?;
    Ok((format, tracks))
}

fn open(container: Container, file: File) -> Result<Box<dyn FormatReader>, Error> {
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let options = FormatOptions::default();
    Ok(match container {
        Container::Mpeg => Box::new(MpaReader::try_new(stream, options)?),
        Container::Adts => Box::new(AdtsReader::try_new(stream, options)?),
        Container::Flac => Box::new(FlacReader::try_new(stream, options)?),
        Container::Iso => Box::new(IsoMp4Reader::try_new(stream, options)?),
        Container::Matroska => Box::new(MkvReader::try_new(stream, options)?),
        Container::Ogg => Box::new(OggReader::try_new(stream, options)?),
        Container::Wave => Box::new(WavReader::try_new(stream, options)?),
    })
}

/// Refuses a film that lacks bytes of its samples, or the last of its fragments.
pub(super) fn read_film(file: File, size: u64, film: &Film) -> Result<Format, ContentError> {
    /// A beginning without a picture, or a codec's delay, may be counted or not.
    const TOLERANCE_SECS: f64 = 0.5;
    let (format, tracks) = read_tracks(Container::Iso, file, size, 0)?;
    let all = tracks.video.iter().chain(&tracks.audio);
    let bytes: u64 = all.map(|length| length.bytes).sum();
    let end_secs = tracks.end_secs();
    let is_long_enough = match film.declared {
        None => true,
        Some(DeclaredSecs::AtLeast(secs)) => end_secs > secs - TOLERANCE_SECS,
        Some(DeclaredSecs::Just(secs)) => (end_secs - secs).abs() < TOLERANCE_SECS,
    };
    if bytes <= film.media_bytes && is_long_enough { Ok(format) } else { Err(ContentError::Cut) }
}

/// The tracks that are played. Other tracks (subtitles, data) are ignored.
fn sort(container: Container, tracks: &[Track]) -> Result<Tracks, ContentError> {
    let mut sorted = Tracks::default();
    for track in tracks {
        let length = Length {
            id: track.id,
            declared: track.duration.map(Duration::get).or(track.num_frames),
            found: 0,
            packets: 0,
            bytes: 0,
            end_secs: 0.0,
            time_base: track.time_base,
        };
        match &track.codec_params {
            Some(CodecParameters::Video(params)) => match params.codec {
                video::CODEC_ID_H264 if container == Container::Matroska => {
                    return Err(ContentError::Unplayable("H.264 in WebM"));
                }
                video::CODEC_ID_H264
                | video::CODEC_ID_VP8
                | video::CODEC_ID_VP9
                | video::CODEC_ID_AV1
                // A codec that the reader knows and has no id for: unplayable ones were rejected by
                // name before.
                | CODEC_ID_NULL_VIDEO => sorted.video.push(length),
                video::CODEC_ID_HEVC => return Err(ContentError::Unplayable("HEVC (H.265)")),
                video::CODEC_ID_MPEG4 => return Err(ContentError::Unplayable("MPEG-4 Part 2")),
                _ => return Err(ContentError::Unplayable("a video codec of another kind")),
            },
            Some(CodecParameters::Audio(params)) => match params.codec {
                codec
                    if container == Container::Matroska
                        && !matches!(codec, audio::CODEC_ID_OPUS | audio::CODEC_ID_VORBIS) =>
                {
                    return Err(ContentError::Unplayable("sound of another kind in WebM"));
                }
                audio::CODEC_ID_MP3
                | audio::CODEC_ID_AAC
                | audio::CODEC_ID_FLAC
                | audio::CODEC_ID_OPUS
                | audio::CODEC_ID_VORBIS
                | audio::CODEC_ID_PCM_U8
                | audio::CODEC_ID_PCM_S16LE
                | audio::CODEC_ID_PCM_S24LE
                | audio::CODEC_ID_PCM_S32LE
                | audio::CODEC_ID_PCM_F32LE => sorted.audio.push(length),
                _ => return Err(ContentError::Unplayable("an audio codec of another kind")),
            },
            _ => {}
        }
    }
    if sorted.video.len() > 1 || sorted.audio.len() > 1 {
        return Err(ContentError::ManyTracks);
    }
    Ok(sorted)
}

/// Reads every packet, so that a missing one is noticed.
fn walk(reader: &mut dyn FormatReader, tracks: &mut Tracks) -> Result<(), ContentError> {
    while let Some(packet) = reader.next_packet().map_err(of_parser)? {
        let mut all = tracks.video.iter_mut().chain(&mut tracks.audio);
        if let Some(length) = all.find(|length| length.id == packet.track_id) {
            length.found = length.found.saturating_add(packet.dur.get());
            length.packets += 1;
            length.bytes += packet.data.len() as u64;
            let end = packet.pts.get().saturating_add_unsigned(packet.dur.get());
            length.end_secs = length.end_secs.max(end as f64 * tick_secs(length.time_base));
        }
    }
    Ok(())
}

fn format_of(container: Container, tracks: &Tracks) -> Result<Format, ContentError> {
    let film = !tracks.video.is_empty();
    match (container, film) {
        (Container::Mpeg, _) => Ok(Format::Mp3),
        (Container::Adts, _) => Ok(Format::Aac),
        (Container::Flac, _) => Ok(Format::Flac),
        (Container::Wave, _) => Ok(Format::Wav),
        (Container::Ogg, false) => Ok(Format::Ogg),
        (Container::Iso, true) => Ok(Format::Mp4),
        (Container::Iso, false) => Ok(Format::M4a),
        (Container::Matroska, true) => Ok(Format::Webm),
        (Container::Ogg, true) => Err(ContentError::Unplayable("Ogg video")),
        (Container::Matroska, false) => Err(ContentError::NoTrack),
    }
}

/// Formats without an end marker: what was found must be what the file has.
fn check_end(
    container: Container,
    file: &mut File,
    size: u64,
    start: u64,
    main: &Length,
) -> Result<(), ContentError> {
    match container {
        Container::Flac => match main.declared {
            Some(declared) if declared > 0 && main.found < declared => Err(ContentError::Cut),
            _ => Ok(()),
        },
        Container::Mpeg => mpeg_end(file, size, start, main),
        Container::Adts => {
            // The data of a frame follows its header: 7 bytes, or 9 with a checksum.
            let mut head = [0; 2];
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut head)?;
            let header = if head[1] & 1 == 1 { 7 } else { 9 };
            let frames_end = start + main.bytes + header * main.packets;
            let end = whole::before_tags(file, size)?;
            if frames_end < end { Err(ContentError::Cut) } else { Ok(()) }
        }
        // A film says for all its tracks how long it is.
        Container::Iso | Container::Matroska | Container::Ogg | Container::Wave => Ok(()),
    }
}

/// A stream of frames. Its first frame may declare the length.
fn mpeg_end(file: &mut File, size: u64, start: u64, main: &Length) -> Result<(), ContentError> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.by_ref().take(200).read_to_end(&mut first)?;
    let end = whole::before_tags(file, size)?;
    if let Some(declared) = whole::declared_by_first_frame(&first) {
        let missing = match declared {
            DeclaredLength::Bytes(bytes) => start + u64::from(bytes) > end,
            // Without the number of bytes, the duration must do.
            DeclaredLength::Unknown => main.found < main.declared.unwrap_or(0),
        };
        return if missing { Err(ContentError::Cut) } else { Ok(()) };
    }
    let frames_end = start + main.bytes;
    if frames_end >= end {
        return Ok(());
    }
    let mut rest = [0; 2];
    file.seek(SeekFrom::Start(frames_end))?;
    let read = file.read(&mut rest)?;
    // A partial frame, or more bytes that are not audio than audio.
    let half = read == 1 || rest[0] == 0xff && rest[1] & 0xe0 == 0xe0;
    if half {
        Err(ContentError::Cut)
    } else if end - frames_end > main.bytes {
        Err(ContentError::Broken)
    } else {
        Ok(())
    }
}

fn of_parser(error: Error) -> ContentError {
    match error {
        Error::IoError(error) => error.into(),
        _ => ContentError::Broken,
    }
}
