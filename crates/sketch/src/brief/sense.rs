//! What words can mean to the engine.
//!
//! It must not know the words themselves (the lexicon's subject), nor how a meaning is drawn or
//! played.

/// One meaning of a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sense {
    /// A feeling: how pleasant (-1 to 1), how lively (0 to 1), how uneasy (0 to 1).
    Mood(f32, f32, f32),
    /// A kind of music.
    Genre(Genre),
    /// An age of music: its genre, where the words name none.
    Era(Genre),
    /// An instrument or a group of them.
    Part(Part),
    /// Faster or slower: a factor of the tempo.
    Pace(f32),
    /// Where it is.
    Place(Place),
    /// When in the day.
    Time(Time),
    /// The weather.
    Weather(Weather),
    /// The time of the year.
    Season(Season),
    /// Something to be seen.
    Thing(Thing),
    /// A colour: red, green, blue.
    Colour([u8; 3]),
    /// What is done.
    Act(Act),
    /// What the camera does.
    Camera(Camera),
}

/// Kinds of music.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the genres")]
pub(crate) enum Genre {
    Pop,
    Rock,
    Metal,
    Jazz,
    Blues,
    Funk,
    Disco,
    House,
    Techno,
    DrumAndBass,
    HipHop,
    LoFi,
    Reggae,
    Salsa,
    BossaNova,
    Folk,
    Country,
    Classical,
    Cinematic,
    Ambient,
    Synthwave,
    Chiptune,
    Waltz,
    Lullaby,
    Tango,
    Flamenco,
    Gospel,
    Soul,
    Trap,
    Celtic,
    Trance,
    Dubstep,
    Samba,
    Arabic,
    Indian,
    EastAsian,
    March,
    Swing,
    Punk,
    Baroque,
    Polka,
    Afrobeat,
    Reggaeton,
}

/// Parts of a band that a person can ask for, or ask to leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the instruments")]
pub(crate) enum Part {
    Drums,
    Bass,
    Piano,
    ElectricPiano,
    Guitar,
    Distortion,
    Strings,
    Pad,
    Lead,
    Flute,
    Brass,
    Sax,
    Organ,
    Bells,
    Harp,
    Choir,
    Marimba,
    Accordion,
    Ukulele,
    Banjo,
    Sitar,
    Oud,
    Koto,
    Harpsichord,
    Clarinet,
    Oboe,
    Harmonica,
    Theremin,
    SteelDrum,
    SubBass,
    Sleigh,
    HandDrums,
    Timpani,
    Melody,
}

/// Places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the places")]
pub(crate) enum Place {
    Lake,
    River,
    Sea,
    Beach,
    Mountains,
    Forest,
    City,
    Village,
    Desert,
    Meadow,
    Arctic,
    Space,
    Underwater,
    Room,
    Stage,
    Road,
    Mars,
    Lunar,
    Abstract,
}

/// Times of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the times")]
pub(crate) enum Time {
    Dawn,
    Day,
    Sunset,
    Night,
}

/// Weather.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the weather")]
pub(crate) enum Weather {
    Clear,
    Cloudy,
    Rain,
    Storm,
    Snow,
    Fog,
    Wind,
}

/// Seasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the seasons")]
pub(crate) enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// Things that can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are those of the things")]
pub(crate) enum Thing {
    Sun,
    Moon,
    Stars,
    Clouds,
    Rainbow,
    Aurora,
    Meteor,
    Fireworks,
    Planet,
    Earth,
    Tree,
    Cherry,
    Pine,
    Palm,
    Bamboo,
    Cactus,
    Flower,
    Sunflower,
    Grass,
    Mushroom,
    Rock,
    Iceberg,
    Crystal,
    House,
    Tower,
    Eiffel,
    Castle,
    Lighthouse,
    Windmill,
    Church,
    Temple,
    Bridge,
    Tent,
    Fire,
    Lamp,
    Lantern,
    Bird,
    Owl,
    Swan,
    Butterfly,
    Bee,
    Fish,
    Jellyfish,
    Whale,
    Dolphin,
    Turtle,
    Crocodile,
    Snake,
    Frog,
    Snail,
    Crab,
    Spider,
    Cat,
    Mouse,
    Dog,
    Wolf,
    Fox,
    Squirrel,
    Rabbit,
    Horse,
    Unicorn,
    Camel,
    Cow,
    Sheep,
    Deer,
    Bear,
    Monkey,
    Panda,
    Elephant,
    Giraffe,
    Lion,
    Tiger,
    Penguin,
    Dragon,
    Dinosaur,
    Person,
    Knight,
    Wizard,
    Royal,
    Surfer,
    Skier,
    Mermaid,
    Child,
    Dancer,
    Astronaut,
    Robot,
    Ghost,
    Snowman,
    Car,
    Bus,
    Tractor,
    Train,
    Bicycle,
    Boat,
    Ship,
    Submarine,
    Plane,
    Helicopter,
    Rocket,
    Ufo,
    Balloon,
    Kite,
    Heart,
    Ball,
    Cube,
    Pyramid,
    Waterfall,
    Volcano,
    Fuji,
    Island,
    Bubbles,
    Leaves,
    Petals,
    Firefly,
    Candle,
    Book,
    Cup,
    Piano,
    Guitar,
    Violin,
    Trumpet,
    Window,
    Umbrella,
    Bench,
    Fountain,
    Ferris,
    Food,
    Bowl,
    Pizza,
    Fruit,
    Pumpkin,
    Flow,
    Coral,
    Stall,
    Football,
    Pier,
}

/// What living things do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the deeds")]
pub(crate) enum Act {
    Run,
    Jump,
    Dance,
    Ride,
    Sit,
    Sleep,
    Launch,
}

/// Camera moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the moves")]
pub(crate) enum Camera {
    Still,
    PanLeft,
    PanRight,
    ZoomIn,
    ZoomOut,
    Rise,
    Orbit,
}
