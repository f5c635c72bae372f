// Translates our own pages into the visitor's language: the texts of elements with `data-text`, and the
// page's `lang` and `dir`, which the studio follows. Without it, they are in English. It runs before the
// first paint (`blocking="render"`), so that nothing moves.

export const LANGUAGES = ['de', 'fr', 'es', 'pt', 'it', 'ja', 'zh', 'hi', 'ar'];

/** The texts by name, in the order of the languages above. English is in the pages themselves. */
const TEXTS = {
  index: ['AI-Now Studio', 'Studio AI-Now', 'Estudio AI-Now', 'Estúdio AI-Now', 'Studio AI-Now', 'AI-Now スタジオ', 'AI-Now 工作室', 'AI-Now स्टूडियो', 'استوديو AI-Now'],
  demo: ['AI-Now-Demo', 'Démo d’AI-Now', 'Demo de AI-Now', 'Demonstração do AI-Now', 'Demo di AI-Now', 'AI-Now デモ', 'AI-Now 演示', 'AI-Now डेमो', 'عرض AI-Now التجريبي'],
  demoTitle: [
    'AI-Now-Demo: ganz ohne Server', 'Démo d’AI-Now : sans serveur', 'Demo de AI-Now: sin servidor', 'Demonstração do AI-Now: sem servidor',
    'Demo di AI-Now: senza server', 'AI-Now デモ：サーバー不要', 'AI-Now 演示：无需服务器', 'AI-Now डेमो: सर्वर की ज़रूरत नहीं', 'عرض AI-Now التجريبي: بلا خادم',
  ],
  builder: [
    'Eins für deine Website bauen', 'En composer un pour votre site', 'Crea uno para tu sitio', 'Criar um para o seu site', 'Creane uno per il tuo sito',
    '自分のサイト用に作る', '为你的网站定制一个', 'अपनी साइट के लिए बनाएँ', 'ابنِ واحدًا لموقعك',
  ],
  examples: [
    'So bettest du es ein', 'Façons de l’intégrer', 'Formas de integrarlo', 'Formas de o integrar', 'Modi per integrarlo', '埋め込み方', '嵌入方式', 'इसे लगाने के तरीक़े', 'طرق تضمينه',
  ],
  attributes: ['Attribute', 'Attributs', 'Atributos', 'Atributos', 'Attributi', '属性', '属性', 'एट्रिब्यूट', 'السمات'],
  attributesText: [
    'Was angeboten wird und was zuerst gewählt ist, steht am Element.', 'Ce qui est proposé et ce qui est choisi au départ est indiqué sur l’élément.',
    'Lo que se ofrece y lo que está elegido al principio se indica en el elemento.', 'O que é oferecido e o que está escolhido de início indica-se no elemento.',
    'Ciò che viene offerto e ciò che è scelto all’inizio si indica sull’elemento.', '選べるものと最初に選ばれているものは、要素に書きます。',
    '可选的内容和最初的选择都写在元素上。', 'क्या उपलब्ध है और शुरू में क्या चुना है, यह एलिमेंट पर लिखा होता है।', 'ما يُعرض وما يُختار في البداية مكتوب على العنصر.',
  ],
  frame: ['In einem Frame', 'Dans un cadre', 'En un marco', 'Numa moldura', 'In un frame', 'フレームの中', '在框架中', 'फ़्रेम में', 'داخل إطار'],
  frameText: [
    'Wo eine Seite keine fremden Skripte zulässt, kann das ganze Studio in einem Frame stehen.', 'Là où une page n’accepte pas de scripts tiers, tout le studio peut tenir dans un cadre.',
    'Donde una página no admite scripts ajenos, todo el estudio puede ir en un marco.', 'Onde uma página não aceita scripts alheios, todo o estúdio pode ficar numa moldura.',
    'Dove una pagina non accetta script esterni, tutto lo studio può stare in un frame.', '外部スクリプトを許可しないページでは、スタジオ全体をフレームに入れられます。',
    '页面不允许外部脚本时，可以把整个工作室放进框架里。', 'जहाँ पेज बाहरी स्क्रिप्ट नहीं लेता, वहाँ पूरा स्टूडियो एक फ़्रेम में रह सकता है।', 'حيث لا تقبل الصفحة نصوصًا برمجية خارجية، يمكن وضع الاستوديو كله داخل إطار.',
  ],
  script: ['Per Skript', 'Par script', 'Con un script', 'Por script', 'Tramite script', 'スクリプトで', '用脚本', 'स्क्रिप्ट से', 'عبر نص برمجي'],
  scriptText: [
    'Eine Seite kann selbst etwas erzeugen lassen und erfährt alles, was geschieht.', 'Une page peut lancer elle-même une création, et elle apprend tout ce qui se passe.',
    'Una página puede pedir creaciones por sí misma y se entera de todo lo que ocurre.', 'Uma página pode pedir criações por si própria e fica a saber de tudo o que acontece.',
    'Una pagina può chiedere da sé una creazione e viene a sapere tutto ciò che accade.', 'ページ自身が生成を頼み、起きたことをすべて知ることができます。',
    '页面可以自己发起生成，并得知发生的一切。', 'पेज ख़ुद कुछ बनवा सकता है और जो भी होता है, उसे पता चलता है।', 'تستطيع الصفحة أن تطلب بنفسها، وتعلم بكل ما يحدث.',
  ],
  scriptMake: ['Eine Melodie erzeugen', 'Créer une mélodie', 'Crear una melodía', 'Criar uma melodia', 'Crea una melodia', '曲を作る', '生成一段旋律', 'एक धुन बनाएँ', 'اصنع لحنًا'],
  scriptStop: ['Anhalten', 'Arrêter', 'Detener', 'Parar', 'Ferma', '停止', '停止', 'रोकें', 'أوقف'],
  session: ['Eigene Sitzungen', 'Vos propres sessions', 'Sesiones propias', 'Sessões próprias', 'Sessioni proprie', '独自のセッション', '自己的会话', 'अपने सेशन', 'جلسات خاصة بك'],
  sessionText: [
    'Dein Server kennt seine Besucher und öffnet ihre Sitzungen mit seinem geheimen Schlüssel. Die Seite gibt dem Element eine Funktion.',
    'Votre serveur connaît ses visiteurs et ouvre leurs sessions avec sa clé secrète. La page donne une fonction à l’élément.',
    'Tu servidor conoce a sus visitantes y abre sus sesiones con su clave secreta. La página le da una función al elemento.',
    'O seu servidor conhece os visitantes e abre as sessões deles com a chave secreta. A página dá uma função ao elemento.',
    'Il tuo server conosce i visitatori e apre le loro sessioni con la sua chiave segreta. La pagina dà una funzione all’elemento.',
    'サーバーは訪問者を知っていて、秘密鍵でセッションを開きます。ページは要素に関数を渡します。', '你的服务器认识访客，并用密钥为他们打开会话。页面把一个函数交给元素。',
    'आपका सर्वर अपने आगंतुकों को जानता है और गुप्त कुंजी से उनके सेशन खोलता है। पेज एलिमेंट को एक फ़ंक्शन देता है।', 'يعرف خادمك زواره ويفتح جلساتهم بمفتاحه السري. وتعطي الصفحة العنصر دالة.',
  ],
  several: ['Mehrere auf einer Seite', 'Plusieurs sur une page', 'Varios en una página', 'Vários numa página', 'Più di uno in una pagina', '1 ページに複数', '一页多个', 'एक पेज पर कई', 'عدة عناصر في صفحة'],
  severalText: [
    'Jedes hat sein eigenes Formular. Zusammen sind sie ein Besucher mit einem Guthaben, und nur eines spielt zur selben Zeit.',
    'Chacun a son propre formulaire. Ensemble, ils sont un seul visiteur avec un seul solde, et un seul joue à la fois.',
    'Cada uno tiene su propio formulario. Juntos son un solo visitante con un solo saldo, y solo uno suena a la vez.',
    'Cada um tem o seu formulário. Juntos são um só visitante com um só saldo, e só um toca de cada vez.',
    'Ognuno ha il suo modulo. Insieme sono un solo visitatore con un solo saldo, e ne suona uno alla volta.',
    'フォームはそれぞれにあります。訪問者と残高は一つで、同時に再生されるのは一つだけです。', '每个都有自己的表单。它们同属一位访客、共用一份余额，每次只播放一个。',
    'हर एक का अपना फ़ॉर्म है। सब मिलकर एक आगंतुक और एक बैलेंस हैं, और एक समय में एक ही चलता है।', 'لكل منها نموذجه. وهي معًا زائر واحد برصيد واحد، ولا يعمل إلا واحد في كل مرة.',
  ],
  strict: ['Streng', 'Règles strictes', 'Estricto', 'Estrito', 'Rigoroso', '厳格', '严格', 'सख़्त', 'صارم'],
  strictText: [
    'Der Browser prüft das Skript, bevor er es ausführt, und die Richtlinie der Seite erlaubt nichts Eingebettetes und nichts von anderswo. Den Hash liefert:',
    'Le navigateur vérifie le script avant de l’exécuter, et la politique de la page n’autorise rien d’intégré ni rien d’ailleurs. L’empreinte vient de :',
    'El navegador comprueba el script antes de ejecutarlo, y la política de la página no permite nada incrustado ni nada de fuera. El hash lo da:',
    'O navegador verifica o script antes de o executar, e a política da página não permite nada embutido nem nada de fora. O hash vem de:',
    'Il browser controlla lo script prima di eseguirlo, e la politica della pagina non ammette nulla di incorporato né di esterno. L’hash viene da:',
    'ブラウザは実行前にスクリプトを検査し、ページのポリシーはインラインも外部のものも許可しません。ハッシュの出力元：', '浏览器在运行脚本前会先校验，页面策略不允许内联或外部内容。哈希来自：',
    'ब्राउज़र स्क्रिप्ट चलाने से पहले उसे जाँचता है, और पेज की नीति न इनलाइन कुछ लेती है न बाहर से। हैश यहाँ से आता है:', 'يتحقق المتصفح من النص البرمجي قبل تشغيله، ولا تسمح سياسة الصفحة بشيء مضمَّن ولا بشيء من الخارج. مصدر البصمة:',
  ],
  strictShort: [
    'Nichts Eingebettetes, nichts von anderswo, und ein Skript, das der Browser vorher prüft.', 'Rien d’intégré, rien d’ailleurs, et un script que le navigateur vérifie d’abord.',
    'Nada incrustado, nada de fuera, y un script que el navegador comprueba antes.', 'Nada embutido, nada de fora, e um script que o navegador verifica antes.',
    'Nulla di incorporato, nulla di esterno, e uno script che il browser controlla prima.', 'インラインも外部もなし。スクリプトはブラウザが先に検査します。', '没有内联，没有外部内容，脚本先由浏览器校验。',
    'न इनलाइन कुछ, न बाहर से, और एक स्क्रिप्ट जिसे ब्राउज़र पहले जाँचता है।', 'لا شيء مضمَّن ولا شيء من الخارج، ونص برمجي يتحقق منه المتصفح أولًا.',
  ],
  looks: ['Aussehen', 'Apparence', 'Aspecto', 'Aspeto', 'Aspetto', '見た目', '外观', 'रूप', 'المظهر'],
  looksText: [
    'Eigenschaften und Teile lassen es aussehen, als wäre es für die Seite gemacht.', 'Des propriétés et des parties lui donnent l’air d’être fait pour le site.',
    'Con propiedades y partes parece hecho para el sitio.', 'Com propriedades e partes parece feito para o site.', 'Con proprietà e parti sembra fatto per il sito.',
    'プロパティとパーツで、サイトのために作られたように見せられます。', '借助属性和部件，它看起来就像专为网站而做。', 'प्रॉपर्टी और हिस्सों से यह साइट के लिए ही बना लगता है।', 'بالخصائص والأجزاء يبدو كأنه صُنع للموقع.',
  ],
  twoLines: ['Zwei Zeilen', 'Deux lignes', 'Dos líneas', 'Duas linhas', 'Due righe', '2 行', '两行', 'दो पंक्तियाँ', 'سطران'],
  twoLinesText: [
    'Ein Skript und ein Element. Das Gateway ist das, von dem das Skript kam.', 'Un script et un élément. La passerelle est celle d’où vient le script.',
    'Un script y un elemento. La pasarela es aquella de la que vino el script.', 'Um script e um elemento. O gateway é aquele de onde veio o script.',
    'Uno script e un elemento. Il gateway è quello da cui viene lo script.', 'スクリプトと要素が一つずつ。ゲートウェイはスクリプトの配信元です。',
    '一个脚本和一个元素。网关就是脚本的来源。', 'एक स्क्रिप्ट और एक एलिमेंट। गेटवे वही है जहाँ से स्क्रिप्ट आई।', 'نص برمجي وعنصر. والبوابة هي التي جاء منها النص البرمجي.',
  ],
};

/** The first of the visitor's languages that the pages have; else English. */
function spoken() {
  for (const tag of navigator.languages) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'en' || LANGUAGES.includes(language)) return language;
  }
  return 'en';
}

export const language = spoken();

/** Sets a page's texts: contents (`data-text`), accessible names (`data-label`) and placeholders (`data-placeholder`). */
export function translate(texts) {
  if (language === 'en') return;
  const at = LANGUAGES.indexOf(language);
  const put = (name, set) => {
    for (const element of document.querySelectorAll(`[data-${name}]`)) {
      const text = texts[element.dataset[name]]?.[at];
      if (text) set(element, text);
    }
  };
  // A frame is named by its title.
  put('text', (element, text) => { element[element.localName === 'iframe' ? 'title' : 'textContent'] = text; });
  put('label', (element, text) => element.setAttribute('aria-label', text));
  put('placeholder', (element, text) => { element.placeholder = text; });
}

if (language !== 'en') {
  const { documentElement } = document;
  documentElement.lang = language;
  documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
}
translate(TEXTS);
