//! The one table of codes: what a refusal, a failure, a step or a note means, for programs.
//!
//! A code is stable, its English sentence is not. A client that shows a message to a person writes
//! its own sentence for the code and its parameters, in that person's language; for a code that it
//! doesn't know, it shows the English text. It must not know any sentence.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal [$($param:literal),*];)*) => {
        /// The meaning of a message.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code's name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The code with this name on the wire. `None`: a later one, or none at all.
            pub fn of(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The names of its parameters.
            pub const fn params(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($param),*],)*
                }
            }
        }
    };
}

codes! {
    // Reasons for refusing a request.

    /// No model was named.
    NoModel = "no_model" ["known"];
    /// No model has this id.
    UnknownModel = "unknown_model" ["asked", "known"];
    /// The prompt has no visible character.
    EmptyPrompt = "empty_prompt" [];
    /// The prompt is longer than the model accepts.
    PromptTooLong = "prompt_too_long" ["chars", "max_chars"];
    /// The model has no styles.
    NoStyles = "no_styles" ["model"];
    /// The model has no such style.
    UnknownStyle = "unknown_style" ["asked", "model", "known"];
    /// The model has no such option.
    UnknownOption = "unknown_option" ["asked", "model", "known"];
    /// The option can't have this value; what it takes is a detail.
    InvalidOption = "invalid_option" ["option"];
    /// A field or parameter of the request can't have this value; what it takes is a detail.
    InvalidParameter = "invalid_parameter" ["name"];
    /// No key or session was sent.
    MissingKey = "missing_key" [];
    /// The `Authorization` header is not a Bearer token.
    MalformedAuthorization = "malformed_authorization" [];
    /// The key or session is not valid (any more).
    InvalidKey = "invalid_key" [];
    /// The ticket of an event stream is not valid any more.
    TicketExpired = "ticket_expired" [];
    /// A publishable key only opens sessions.
    PublishableKey = "publishable_key" [];
    /// Only a secret key may do this.
    SecretKeyRequired = "secret_key_required" [];
    /// Only an administrator's key may do this.
    AdminKeyRequired = "admin_key_required" [];
    /// The administrator may read, but not change anything.
    AdminRoleRequired = "admin_role_required" [];
    /// There is no key with this name, or it does not permit this.
    NoSuchKey = "no_such_key" [];
    /// The publishable key or session is for pages of other origins.
    OriginNotAllowed = "origin_not_allowed" [];
    /// Too few tokens are available.
    TooFewTokens = "too_few_tokens" ["price", "available"];
    /// The visitor has spent more than this budget already.
    BudgetBelowSpent = "budget_below_spent" [];
    /// The `Idempotency-Key` header is malformed.
    InvalidIdempotencyKey = "invalid_idempotency_key" [];
    /// The `Idempotency-Key` was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused" [];
    /// Too many requests from one address.
    TooManyRequests = "too_many_requests" [];
    /// Too many event streams are open.
    TooManyStreams = "too_many_streams" [];
    /// Too many generations of one owner are active.
    TooManyGenerations = "too_many_generations" [];
    /// Too many visitors came from one network today.
    TooManyVisitors = "too_many_visitors" [];
    /// The daily cap is reached.
    DayUsedUp = "day_used_up" [];
    /// Nothing was charged for the generation, or it was refunded already.
    NotRefundable = "not_refundable" [];
    /// There is no webhook with this name, or no such message to it.
    NoSuchWebhook = "no_such_webhook" [];
    /// The account has as many webhooks as it may have.
    TooManyWebhooks = "too_many_webhooks" [];
    /// There is no provider with this name.
    NoSuchProvider = "no_such_provider" [];
    /// The monthly cap is reached.
    MonthUsedUp = "month_used_up" [];
    /// The key may not use this model.
    ModelNotAllowed = "model_not_allowed" ["model"];
    /// Too many generations of all owners are active.
    QueueFull = "queue_full" [];
    /// The gateway is shutting down or starting.
    Restarting = "restarting" [];
    /// A limit of connections, files or streams is reached just now.
    Overloaded = "overloaded" [];
    /// The records can't be read or written just now.
    StoreUnavailable = "store_unavailable" [];
    /// Whether a change was kept is not known.
    OutcomeUnknown = "outcome_unknown" [];
    /// A fault of the gateway.
    Internal = "internal" [];
    /// There is nothing at this address.
    NoSuchRoute = "no_such_route" [];
    /// There is no such generation, or it belongs to another owner.
    NoSuchGeneration = "no_such_generation" [];
    /// There is no such file (any more).
    NoSuchFile = "no_such_file" [];
    /// There is no such upload (any more), or it belongs to another owner.
    NoSuchUpload = "no_such_upload" [];
    /// There are too many uploads of one owner, or they are too large together.
    TooManyUploads = "too_many_uploads" [];
    /// The uploaded file is not an accepted picture.
    UnsupportedPicture = "unsupported_picture" ["allowed"];
    /// The address doesn't support this method.
    MethodNotAllowed = "method_not_allowed" [];
    /// The body's content type is not JSON.
    UnsupportedContentType = "unsupported_content_type" [];
    /// The body is too large.
    BodyTooLarge = "body_too_large" ["max_bytes"];
    /// The body was cut off.
    BodyIncomplete = "body_incomplete" [];
    /// The body did not arrive in time.
    BodyTimeout = "body_timeout" [];
    /// The body is not valid JSON, or a field is of the wrong type.
    InvalidBody = "invalid_body" ["line", "column"];
    /// The request can't be understood.
    InvalidRequest = "invalid_request" [];
    /// The headers are too large.
    HeadersTooLarge = "headers_too_large" [];
    /// The address is too long.
    AddressTooLong = "address_too_long" [];
    /// The file has no such range.
    RangeNotSatisfiable = "range_not_satisfiable" [];

    // Reasons for a generation without a result.

    /// It was cancelled on request.
    Cancelled = "cancelled" [];
    /// It was cancelled on request, after its provider had taken it.
    CancelledCharged = "cancelled_charged" ["tokens"];
    /// The provider's content policy refused the prompt or the result.
    ContentPolicy = "content_policy" [];
    /// The provider can't use the prompt or an option.
    ProviderInput = "provider_input" [];
    /// The provider failed.
    ProviderFailed = "provider_failed" [];
    /// The provider can't be used just now.
    ProviderUnavailable = "provider_unavailable" [];
    /// The provider took too long.
    ProviderTimeout = "provider_timeout" [];
    /// The provider's file is not of the requested kind.
    InvalidResult = "invalid_result" [];
    /// The result could not be stored.
    ResultNotStored = "result_not_stored" [];
    /// No provider makes this model any more.
    ModelWithdrawn = "model_withdrawn" [];

    // Steps.

    /// It starts.
    Starting = "starting" [];
    /// The prompt is analysed.
    Reading = "reading" [];
    /// The sound is made.
    Playing = "playing" [];
    /// The pictures are made.
    Drawing = "drawing" [];
    /// The file is encoded.
    Encoding = "encoding" [];
    /// The provider has taken it and has not started.
    Waiting = "waiting" [];
    /// The provider makes it.
    Generating = "generating" [];
    /// The result is loaded from the provider.
    Fetching = "fetching" [];
    /// Another provider is tried.
    TryingAnotherProvider = "trying_another_provider" [];

    // Notes about a model or a result.

    /// The model may fail during peak hours.
    PeakHours = "peak_hours" [];
    /// The model's results are procedural sketches.
    ProceduralModel = "procedural_model" [];
    /// The result is a procedural sketch; what it follows are its details.
    ProceduralSketch = "procedural_sketch" [];
    /// The model's provider is busy; it is unknown for how long.
    ProviderBusy = "provider_busy" ["model"];
    /// The model's provider is busy for about so long.
    ProviderBusyFor = "provider_busy_for" ["model", "minutes"];
    /// The model's provider does not answer; it is tried again after so long.
    ProviderDown = "provider_down" ["model", "minutes"];
    /// The model's provider does not answer; another one makes it meanwhile.
    ProviderReplaced = "provider_replaced" ["model"];
    /// The model's provider does not answer; procedural sketches stand in for it meanwhile.
    SketchStandsIn = "sketch_stands_in" ["model"];

    // What a value can be: details of the refusals of a value.

    /// One of these.
    AllowedValues = "allowed_values" ["values"];
    /// A whole number between two.
    AllowedRange = "allowed_range" ["min", "max"];
    /// A whole number between two, in steps from the first.
    AllowedSteps = "allowed_steps" ["min", "max", "step"];
    /// Yes or no.
    AllowedFlag = "allowed_flag" [];
    /// A text of so many characters.
    AllowedLength = "allowed_length" ["min", "max"];
    /// The id of an uploaded picture.
    AllowedUpload = "allowed_upload" [];
    /// Nothing, as long as the other options are what they are.
    AllowedAlone = "allowed_alone" [];
    /// A text of at least so many characters.
    AllowedLonger = "allowed_longer" ["min"];
    /// This value, where a picture is given, too.
    AllowedWithPicture = "allowed_with_picture" ["value"];
    /// The same value as another field.
    AllowedSame = "allowed_same" ["field"];
    /// A day of the calendar, as `2026-01-31`.
    AllowedDay = "allowed_day" [];
    /// A first day that is not after the last, nor longer before it than so many days.
    AllowedPeriod = "allowed_period" ["max_days"];
    /// The `next` of another page.
    AllowedPage = "allowed_page" [];
    /// The number of an event.
    AllowedEvent = "allowed_event" [];
    /// Ids of the catalog's models.
    AllowedModels = "allowed_models" [];
    /// Up to so many origins of pages.
    AllowedOrigins = "allowed_origins" ["max"];
    /// A public address over HTTPS.
    AllowedAddress = "allowed_address" [];
    /// Nothing: a publishable key draws on its owner's account.
    AllowedNone = "allowed_none" [];
    /// At most what was charged.
    AllowedCharged = "allowed_charged" [];
    /// At most what the account has available.
    AllowedAvailable = "allowed_available" [];
    /// Fewer: an account can't hold that many.
    AllowedFewer = "allowed_fewer" [];

    // What a sketch follows: details of its note. Names are English; a client may have others.

    /// The style.
    SketchStyle = "sketch_style" ["name"];
    /// The kind of music.
    SketchGenre = "sketch_genre" ["name"];
    /// Beats a minute.
    SketchTempo = "sketch_tempo" ["bpm"];
    /// The key of the music.
    SketchKey = "sketch_key" ["name"];
    /// How long it plays.
    SketchSeconds = "sketch_seconds" ["seconds"];
    /// A meaning of the words.
    SketchMeaning = "sketch_meaning" ["name"];
    /// So many of a thing.
    SketchThings = "sketch_things" ["count", "name"];
    /// What the words asked to leave out.
    SketchWithout = "sketch_without" ["name"];
    /// The picture that was sent is what all else is drawn over.
    SketchBackdrop = "sketch_backdrop" [];
    /// The picture that was sent moves.
    SketchAlive = "sketch_alive" [];
    /// The picture that was sent hangs on a wall.
    SketchFramed = "sketch_framed" [];
    /// The picture that was sent is the thing that the words speak of.
    SketchSubject = "sketch_subject" [];
    /// The form of the lyrics, which it can't sing.
    SketchLyrics = "sketch_lyrics" [];
    /// The form of the lyrics, which it can't sing; an instrument plays their syllables.
    SketchMelody = "sketch_melody" [];
    /// Lines of the lyrics that found no room.
    SketchLinesLeftOut = "sketch_lines_left_out" ["lines"];
    /// The mood of the lyrics.
    SketchMood = "sketch_mood" [];
    /// No voice, nor what stands in for one.
    SketchInstrumental = "sketch_instrumental" [];
}

/// A known code, or a later one.
#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Code {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Type};
        let codes = Self::ALL.iter().map(|code| code.as_str());
        let known = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes));
        let newer = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A newer code: show the English sentence that came along."));
        AnyOfBuilder::new()
            .description(Some(
                "What a message says, for programs. Codes are stable; more may come.",
            ))
            .item(known)
            .item(newer)
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Code {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_code_stands_twice() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text}");
            assert!(text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{text}");
            assert_eq!(Code::of(text), Some(*code));
        }
    }
}
