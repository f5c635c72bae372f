//! Values of ours as plain JavaScript values and back: what is kept, sent and received. The types say
//! by `serde` what they are made of; here is the least code that goes by it. It must not know JSON
//! text, which the browser writes and parses.
//!
//! Two things make it small. A fault is only that it doesn't fit: nobody is told where. And a
//! struct is read as the list of its fields in their own order, so that no type needs code to tell
//! names apart.

use std::fmt::{self, Display};

use js_sys::{Array, Object};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde::ser::{
    self, Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeStructVariant, Serializer,
};
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::{get, set};

/// Takes a value out of a plain one; `None` where it isn't made so.
pub(crate) fn read<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    T::deserialize(Plain(value)).ok()
}

/// Makes a plain value. What is absent in it is `null`.
pub(crate) fn write(value: &impl Serialize) -> JsValue {
    value.serialize(Writer).unwrap_or(JsValue::NULL)
}

/// It doesn't fit.
#[derive(Debug)]
struct Misfit;

impl Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it does not fit")
    }
}

impl std::error::Error for Misfit {}

impl ser::Error for Misfit {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// All of them, since those that `serde` provides write sentences.
impl de::Error for Misfit {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A value that is read.
struct Plain(JsValue);

impl Plain {
    fn whole(&self) -> Result<u64, Misfit> {
        let number = self.0.as_f64().ok_or(Misfit)?;
        // Beyond, a number doesn't know whether it is whole.
        const MAX: f64 = 9_007_199_254_740_991.0;
        let whole = (0.0..=MAX).contains(&number) && number.trunc() == number;
        if whole { Ok(number as u64) } else { Err(Misfit) }
    }
}

impl<'de> Deserializer<'de> for Plain {
    type Error = Misfit;

    /// Where any value may stand, nothing looks into an object or a list: they count as absent.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if let Some(text) = self.0.as_string() {
            visitor.visit_string(text)
        } else if let Some(number) = self.0.as_f64() {
            visitor.visit_f64(number)
        } else if let Some(truth) = self.0.as_bool() {
            visitor.visit_bool(truth)
        } else {
            visitor.visit_unit()
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_bool(self.0.as_bool().ok_or(Misfit)?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_u64(self.whole()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_u64(self.whole()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_string(self.0.as_string().ok_or(Misfit)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_string(self.0.as_string().ok_or(Misfit)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.0.is_null() || self.0.is_undefined() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let list = self.0.dyn_into().map_err(|_| Misfit)?;
        visitor.visit_seq(Items { list, next: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        if !self.0.is_object() {
            return Err(Misfit);
        }
        visitor.visit_seq(Fields { object: self.0, names: names.iter() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let (name, value) = if self.0.is_string() {
            (self.0, JsValue::UNDEFINED)
        } else {
            let name = Object::keys(self.0.unchecked_ref::<Object>()).get(0);
            let value = js_sys::Reflect::get(&self.0, &name).map_err(|_| Misfit)?;
            (name, value)
        };
        let index = variants.iter().position(|variant| name == *variant).ok_or(Misfit)?;
        visitor.visit_enum(Variant { index: index as u32, value: Plain(value) })
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 u16 f32 f64 char bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map identifier ignored_any
    }
}

/// What stands in a list.
struct Items {
    list: Array,
    next: u32,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        if self.next == self.list.length() {
            return Ok(None);
        }
        let item = self.list.get(self.next);
        self.next += 1;
        seed.deserialize(Plain(item)).map(Some)
    }
}

/// The fields of a struct, as it has them. One that isn't there gets its default, or is missed.
struct Fields {
    object: JsValue,
    names: std::slice::Iter<'static, &'static str>,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let Some(name) = self.names.next() else { return Ok(None) };
        let value = get(&self.object, name);
        if value.is_undefined() {
            return Ok(None);
        }
        seed.deserialize(Plain(value)).map(Some)
    }
}

/// One of an enum's variants, and what it holds.
struct Variant {
    index: u32,
    value: Plain,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Misfit;
    type Variant = Plain;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Plain), Misfit> {
        let index = IntoDeserializer::<Misfit>::into_deserializer(self.index);
        Ok((seed.deserialize(index)?, self.value))
    }
}

impl<'de> VariantAccess<'de> for Plain {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_struct("", names, visitor)
    }
}

struct Writer;

/// Writes a method for each of the types that are plain already.
macro_rules! plain {
    ($($method:ident: $type:ty,)*) => {
        $(fn $method(self, value: $type) -> Result<JsValue, Misfit> {
            Ok(value.into())
        })*
    };
}

impl Serializer for Writer {
    type Ok = JsValue;
    type Error = Misfit;
    type SerializeSeq = List;
    type SerializeTuple = Impossible<JsValue, Misfit>;
    type SerializeTupleStruct = Impossible<JsValue, Misfit>;
    type SerializeTupleVariant = Impossible<JsValue, Misfit>;
    type SerializeMap = Impossible<JsValue, Misfit>;
    type SerializeStruct = Record;
    type SerializeStructVariant = Record;

    plain! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_str: &str,
    }

    fn serialize_i64(self, value: i64) -> Result<JsValue, Misfit> {
        Ok((value as f64).into())
    }

    fn serialize_u64(self, value: u64) -> Result<JsValue, Misfit> {
        Ok((value as f64).into())
    }

    fn serialize_char(self, value: char) -> Result<JsValue, Misfit> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_none(self) -> Result<JsValue, Misfit> {
        Ok(JsValue::NULL)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<JsValue, Misfit> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<JsValue, Misfit> {
        Ok(JsValue::NULL)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<JsValue, Misfit> {
        Ok(JsValue::NULL)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<JsValue, Misfit> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<JsValue, Misfit> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, Misfit> {
        Ok(List(Array::new()))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Record, Misfit> {
        Ok(Record { object: Object::new(), variant: None })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Record, Misfit> {
        Ok(Record { object: Object::new(), variant: Some(variant) })
    }

    // Nothing that is kept or sent has any of these.

    fn serialize_bytes(self, _: &[u8]) -> Result<JsValue, Misfit> {
        Err(Misfit)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<JsValue, Misfit> {
        Err(Misfit)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Misfit> {
        Err(Misfit)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Misfit> {
        Err(Misfit)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Misfit> {
        Err(Misfit)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Misfit> {
        Err(Misfit)
    }
}

/// A list that is written.
struct List(Array);

impl SerializeSeq for List {
    type Ok = JsValue;
    type Error = Misfit;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Misfit> {
        self.0.push(&value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Result<JsValue, Misfit> {
        Ok(self.0.into())
    }
}

/// An object that is written: a struct, or a variant with fields.
struct Record {
    object: Object,
    variant: Option<&'static str>,
}

impl SerializeStruct for Record {
    type Ok = JsValue;
    type Error = Misfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Misfit> {
        set(&self.object, name, &value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Result<JsValue, Misfit> {
        let Some(variant) = self.variant else { return Ok(self.object.into()) };
        let whole = Object::new();
        set(&whole, variant, &self.object);
        Ok(whole.into())
    }
}

impl SerializeStructVariant for Record {
    type Ok = JsValue;
    type Error = Misfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Misfit> {
        SerializeStruct::serialize_field(self, name, value)
    }

    fn end(self) -> Result<JsValue, Misfit> {
        SerializeStruct::end(self)
    }
}
