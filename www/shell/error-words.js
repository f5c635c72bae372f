// The shell's texts for errors, beside those in words.js, in every language of the studio: they are needed
// when nothing else can be loaded.

/** The names of the texts, in the order in which each language has them below. */
const NAMES = ['checkConnection', 'newer', 'reload'];

const TEXTS = {
  en: ['Check the connection.', 'There is a newer version.', 'Reload'],
  de: ['Prüfe die Verbindung.', 'Es gibt eine neuere Version.', 'Neu laden'],
  fr: ['Vérifiez la connexion.', 'Il existe une version plus récente.', 'Recharger'],
  es: ['Comprueba la conexión.', 'Hay una versión más reciente.', 'Recargar'],
  pt: ['Verifique a ligação.', 'Há uma versão mais recente.', 'Recarregar'],
  it: ['Controlla la connessione.', 'C’è una versione più recente.', 'Ricarica'],
  ja: ['接続を確認してください。', '新しいバージョンがあります。', '再読み込み'],
  zh: ['请检查网络连接。', '有新版本。', '重新加载'],
  hi: ['कनेक्शन जाँचें।', 'नया संस्करण उपलब्ध है।', 'दोबारा लोड करें'],
  ar: ['تحقّق من الاتصال.', 'هناك إصدار أحدث.', 'أعد التحميل'],
};

/** The texts of a language, by name. */
export const wordsOfErrors = (language) => Object.fromEntries(NAMES.map((name, at) => [name, TEXTS[language][at]]));
