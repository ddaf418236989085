package detect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
)

// What the service prints around the words of a tweet, in its languages: in lower case,
// with # for a number and @ for a handle.
const (
	followLabels = `follow|following|folgen|suivre|seguir|segui|volgen|フォロー|フォローする|フォローしてください|팔로우|팔로우하기|关注|跟隨|متابعة|دنبال کردن|לעקוב|עקוב|
		फ़ॉलो करें|ติดตาม|takip et|читать|стежити|відстежувати|obserwuj|sledovat|sleduj|följ|følg|seuraa|követés|urmărește|ακολουθήστε|ikuti|theo dõi|sundan|segueix|последване|prati|прати|sledovať`

	verifiedLabels = `verified account|verified|verifizierter account|verifizierter nutzer|compte vérifié|compte certifié|cuenta verificada|conta verificada|account verificato|geverifieerd account|
		認証済みアカウント|認証済み|인증된 계정|已认证账号|认证账号|已認證帳戶|حساب موثوق|حساب تأیید` + "\u200c" + `شده|חשבון מאומת|सत्यापित खाता|บัญชีที่ได้รับการยืนยัน|onaylanmış hesap|подтвержденная учетная запись|
		подтверждённый аккаунт|підтверджений обліковий запис|zweryfikowane konto|ověřený účet|verifierat konto|verifisert konto|verificeret konto|vahvistettu tili|hitelesített fiók|cont verificat|
		επαληθευμένος λογαριασμός|akun terverifikasi|akaun yang disahkan|tài khoản đã xác minh|compte verificat`

	// A quoted tweet follows.
	quoteLabels = `quote tweet|quote|quote post|tweet zitieren|zitat|tweet cité|citation|citer le tweet|citar tweet|cita|citar|post citado|tweet citado|tweet citato|citazione|geciteerde tweet|citeren|citaat|
		引用ツイート|引用|引用ポスト|인용 트윗|인용|인용한 트윗|引用推文|引用帖子|引用推特|اقتباس التغريدة|اقتباس|نقل` + "\u200c" + `قول توییت|ציטוט ציוץ|ציטוט|ट्वीट कोट करें|कोट|อ้างอิงทวีต|อ้างอิง|tweeti alıntıla|alıntı|
		цитировать|цитата|цитувати твіт|cytat|cytuj tweeta|citovat tweet|citace|citera tweet|citat|sitat|siter tweet|lainaa twiittiä|lainaus|tweet idézése|idézet|citat tweet|παράθεση tweet|παράθεση|kutip tweet|kutipan|
		trích dẫn tweet|trích dẫn|citar el tuit|cita tweet`

	// A note of readers follows, or links to other pages.
	noteLabels = `readers added context|readers added context they thought people might want to know|leser haben kontext hinzugefügt|
		leser haben kontext hinzugefügt, der ihrer meinung nach für andere wissenswert ist|les lecteurs ont ajouté du contexte|des lecteurs ont ajouté du contexte|los lectores agregaron contexto|los lectores añadieron contexto|
		lectores añadieron contexto que consideraron que otros querrían saber|os leitores adicionaram contexto|leitores adicionaram contexto|i lettori hanno aggiunto il contesto|lezers hebben context toegevoegd|
		閲覧者が他の閲覧者のために役立つと思う背景情報を追加しました|読者が背景情報を追加しました|독자들이 맥락을 추가했습니다|읽는 사람들이 추가한 배경 정보|读者补充了背景信息|讀者新增了背景資訊|أضاف القراء سياقًا|okurlar bağlam ekledi|okuyucular bağlam ekledi|
		читатели добавили контекст|читачі додали контекст|czytelnicy dodali kontekst|čtenáři přidali kontext|läsare har lagt till kontext|pembaca menambahkan konteks|community note|community notes`

	// Labels of a picture, a video, a poll, a thread; counts and buttons.
	labels = `#|#:#|#:# / #:#|#:#/#:#|#:#:#|#:#:# / #:#:#|#%|+#|alt|gif|live|video|embedded video|image|photo|previous|next|play|pause|mute|unmute|settings|read more|
		show more|show this thread|show this poll|show thread|show replies|show less|show additional replies|view image on twitter|view images on twitter|view photo on twitter|view video on twitter|view image on x|view on twitter|view on x|view post on x|view summary|
		view this post on x|watch on twitter|watch on x|watch video on twitter|last edited|edited|translate post|translate tweet|see translation|view translation|replying to|pinned tweet|pinned|promoted|twitter ads info and privacy|twitter ads information and privacy|
		x ads info and privacy|see # tweets|see the latest conversation on twitter|see the latest conversation on x|see new posts|see new tweets|see more|see # new tweets|explore what’s happening on twitter|what’s happening|who can reply?|
		# people are talking about this|# people is talking about this|# person is talking about this|see # other tweets|read # replies|read # reply|read the full conversation on twitter|read the full conversation on x|reply|copy link|copy link to tweet|copy link to post|copied|
		explore|retweet|repost|like|likes|share|share this tweet|share this post|bookmark|bookmarks|views|view tweet activity|view post engagements|view quotes|quotes|retweets|reposts|favorite|favorites|more|more replies|info|reply retweet favorite|reply retweet like|
		# replies|# reply|# retweet|# retweets|# like|# likes|# favorite|# favorites|# favourites|# quote|# quotes|# quote tweets|# quote tweet|# view|# views|# bookmark|# bookmarks|# repost|# reposts|# comments|# comment|# shares|
		# vote|# votes|final results|poll ended|# hours left|# hour left|# days left|# day left|# minutes left|
		mehr anzeigen|diesen thread anzeigen|bild auf twitter anzeigen|zuletzt bearbeitet|post übersetzen|tweet übersetzen|antworten|link kopieren|# antworten lesen|# antwort lesen|# antworten|# mal angezeigt|# aufrufe|# stimmen|endergebnis|endergebnisse|
		# personen sprechen darüber|# nutzer sprechen darüber|weitere infos zu twitter ads und datenschutz|weitere tweets von|gefällt mir|# „gefällt mir“-angaben|
		voir plus|afficher plus|afficher cette discussion|voir l'image sur twitter|voir l’image sur twitter|dernière modification|traduire le tweet|traduire le post|répondre|copier le lien|lire # réponses|# réponses|# vues|# j'aime|# j’aime|# votes|résultats finaux|résultats définitifs|
		# personnes parlent à ce sujet|informations sur les publicités twitter et confidentialité|
		mostrar más|mostrar este hilo|ver imagen en twitter|última edición|traducir post|traducir tweet|responder|copiar enlace|copiar el enlace|leer # respuestas|# respuestas|# reproducciones|# visualizaciones|# vistas|# me gusta|# votos|resultados finales|
		# personas están hablando de esto|# personas están hablando sobre esto|información y privacidad de twitter ads|información sobre anuncios y privacidad de twitter|
		mostrar mais|mostrar esta sequência|ver imagem no twitter|última edição|traduzir post|traduzir tweet|copiar link|ler # respostas|# respostas|# visualizações|# curtidas|resultados finais|# pessoas estão falando sobre isso|informações e privacidade no twitter ads|
		mostra altro|mostra questa discussione|visualizza l'immagine su twitter|visualizza l’immagine su twitter|ultima modifica|traduci post|traduci tweet|rispondi|copia link|leggi # risposte|# risposte|# visualizzazioni|# mi piace|# voti|risultati finali|
		# utenti ne stanno parlando|informazioni e privacy per gli annunci di twitter|
		meer weergeven|deze collectie weergeven|afbeelding op twitter weergeven|laatst bewerkt|tweet vertalen|post vertalen|beantwoorden|link kopiëren|# antwoorden lezen|# antwoorden|# weergaven|# vind-ik-leuks|# stemmen|eindresultaten|definitieve resultaten|# mensen praten hierover|
		さらに表示|もっと見る|このスレッドを表示|画像をtwitterで見る|最終更新|ポストを翻訳|ツイートを翻訳|返信|リンクをコピー|#件の返信を読む|#件の返信|件の表示|# 件の表示|#件の表示|#件のいいね|#件のリツイート|#件のリポスト|#件の引用|#票|最終結果|#人がこの話題について話しています|twitter広告の情報とプライバシー|
		더 보기|이 스레드 보기|twitter에서 이미지 보기|마지막 편집|게시물 번역하기|트윗 번역하기|답글|링크 복사|답글 #개 읽기|조회수 #회|# 조회수|#회 조회|# 마음에 들어요|#표|최종 결과|
		显示更多|显示此主题帖|显示这个主题帖|在 twitter 查看图片|上次编辑|翻译帖子|翻译推文|回复|复制链接|阅读 # 条回复|# 查看|# 次查看|# 喜欢|# 转推|# 票|最终结果|顯示更多|顯示此串推文|在 twitter 上查看圖片|上次編輯|翻譯貼文|翻譯推文|回覆|複製連結|# 次觀看|# 喜歡|# 轉推|最終結果|
		عرض المزيد|عرض هذه السلسلة|رد|نسخ الرابط|# مشاهدات|# مشاهدة|# إعجاب|النتائج النهائية|نمایش بیشتر|پاسخ|# بازدید|הצג עוד|הצג את השרשור|להגיב|העתק קישור|# צפיות|# לייקים|
		और दिखाएँ|जवाब दें|# व्यूज़|แสดงเพิ่มเติม|ตอบกลับ|คัดลอกลิงก์|# การดู|daha fazla göster|bu konu dizisini göster|yanıtla|bağlantıyı kopyala|# yanıtı oku|# görüntülenme|# görüntüleme|# beğeni|# oy|nihai sonuçlar|
		показать ещё|показать еще|показать эту ветку|посмотреть изображение в твиттере|ответить|скопировать ссылку|читать # ответов|# ответов|# просмотров|# просмотра|# просмотр|# отметок «нравится»|# голосов|окончательные результаты|# человек говорит об этом|
		показати більше|показати цю гілку|відповісти|скопіювати посилання|# переглядів|# перегляди|# голосів|остаточні результати|pokaż więcej|pokaż ten wątek|odpowiedz|skopiuj link|# wyświetlenia|# wyświetleń|# wyświetlenie|# polubień|# głosów|wyniki końcowe|
		zobrazit více|zobrazit vlákno|odpovědět|zkopírovat odkaz|# zobrazení|# hlasů|konečné výsledky|visa mer|visa den här tråden|svara|kopiera länk|läs # svar|# svar|# visningar|# röster|slutresultat|vis mer|vis mere|vis denne tråd|vis denne tråden|svar|kopier link|kopier lenke|# visninger|# stemmer|endelige resultater|
		näytä lisää|näytä tämä ketju|vastaa|kopioi linkki|# näyttökertaa|# ääntä|lopulliset tulokset|továbbiak megjelenítése|válasz|hivatkozás másolása|# megtekintés|# szavazat|végeredmény|afișează mai mult|răspunde|copiază linkul|# vizualizări|# voturi|rezultate finale|
		εμφάνιση περισσότερων|απάντηση|αντιγραφή συνδέσμου|# προβολές|# ψήφοι|τελικά αποτελέσματα|tampilkan lebih banyak|tampilkan selengkapnya|tampilkan utas ini|balas|salin tautan|baca # balasan|# tayangan|# suara|hasil akhir|papar lagi|# undi|
		hiển thị thêm|trả lời|sao chép liên kết|# lượt xem|# phiếu bầu|kết quả cuối cùng|mostra'n més|mostra més|respon|# visualitzacions|# vots|resultats finals`

	// Before the host in the label of a page that a tweet links to.
	fromLabels = `from |von |de |da |van |出典: |提供元: |출처: |来自 |來自 |من |از |מאת |จาก |gönderen: |kaynak: |из |від |z |från |fra |lähde: |από |dari |từ |`

	// In the line that says whom a tweet answers, before the handles or after them.
	replyLabels = `replying to|in reply to|antwort an|als antwort an|en réponse à|réponse à|en respuesta a|respondiendo a|em resposta a|respondendo a|a responder a|in risposta a|risposta a|als antwoord op|antwoord op|als reactie op|in antwoord op|
		返信先|返信先:|返信先：|回复|回复给|正在回复|回覆|正在回覆|回覆給|ردًا على|ردا على|رداً على|در پاسخ به|בתגובה ל-|בתגובה ל|בתשובה ל-|בתשובה ל|משיב ל-|משיב ל|משיב/ה ל-|को जवाब दिया जा रहा है|ตอบกลับถึง|กำลังตอบกลับ|กำลังตอบกลับถึง|ตอบกลับ|
		yanıt olarak|şu kişiye yanıt olarak|yanıtlanan:|в ответ|в ответ на|ответ для|отвечает|у відповідь|у відповідь на|у відповідь користувачу|відповідь для|відповідає|w odpowiedzi do|odpowiedź do|odpovídá|odpověď uživateli|odpověď pro|v odpovědi na|
		som svar till|svar till|svarar|svarer|svar til|som svar til|som svar på|vastauksena käyttäjälle|vastaus käyttäjälle|vastauksena|vastaus|válasz neki|válasz neki:|válaszul neki|válaszul neki:|răspuns pentru|ca răspuns pentru|ca răspuns către|ca răspuns la|răspunde către|
		απάντηση προς|απάντηση στον|απάντηση στην|απάντηση σε|απαντώντας σε|ως απάντηση σε|membalas|membalas kepada|balas kepada|để trả lời|trả lời|đang trả lời|trả lời tới|bilang tugon kay|sumasagot kay|tumutugon kay|bilang sagot kay|en resposta a|responent a|
		в отговор на|отговор на|odgovor korisniku|kao odgovor korisniku|odgovara|u odgovoru korisniku|одговор кориснику|у одговору кориснику|као одговор кориснику|odpoveď pre|odpoveď používateľovi|ako odpoveď pre|v odpovedi na|ag freagairt|honi erantzunez|
		さん|さんへの返信|さん宛|님에게 보내는 답글|님에게|님에게 답글|님께 답장|को जवाब|को जवाब दे रहे हैं|को जवाब देते हुए|के जवाब में|adlı kişiye yanıt olarak|adlı kullanıcıya yanıt olarak|kullanıcısına yanıt olarak|adlı kişilere yanıt olarak|kişisine yanıt olarak|-এর জবাবে|এর জবাবে|-র উত্তরে|کے جواب میں|ला उत्तर देत आहे|ને જવાબ|-க்கு பதிலளிக்கும் விதமாக|erabiltzaileari erantzunez`
)

// furniture is the kind of a line that is not one of the tweet's words.
type furniture uint8

const (
	noFurniture furniture = iota
	followFurniture
	verifiedFurniture
	quoteFurniture // a quoted tweet follows
	noteFurniture  // no words of the tweet follow
	otherFurniture
)

var furnitureOf = map[string]furniture{}

// repliesOf are the phrases in lines that say whom a tweet answers.
var repliesOf = map[string]bool{}

func init() {
	for _, kind := range []struct {
		labels string
		furniture
	}{{labels, otherFurniture}, {noteLabels, noteFurniture}, {quoteLabels, quoteFurniture}, {verifiedLabels, verifiedFurniture}, {followLabels, followFurniture}} {
		for _, l := range labelList(kind.labels) {
			furnitureOf[l] = kind.furniture
		}
	}
	for _, l := range labelList(replyLabels) {
		repliesOf[l] = true
	}
}

func labelList(s string) (list []string) {
	for _, l := range strings.Split(s, "|") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// maxLabel is the greatest length of a line of furniture, in bytes.
const maxLabel = 240

// furnitureAt is the kind of a whole line.
func furnitureAt(line string) furniture {
	if len(line) > maxLabel {
		return noFurniture
	}
	kind := noFurniture
	if strings.TrimFunc(line, isDot) == "" && line != "" {
		return otherFurniture
	}
	for _, part := range strings.FieldsFunc(line, isDot) {
		part = plainLabel(part)
		if part == "" {
			continue
		}
		k := furnitureOf[part]
		if k == noFurniture && (isFrom(part) || areCounts(part)) {
			k = otherFurniture
		}
		if k == noFurniture {
			return k
		}
		kind = k
	}
	return kind
}

// areCounts reports whether a line is several counts: # retweets # likes.
func areCounts(s string) bool {
	if s[0] != '#' || strings.Count(s, "#") < 2 {
		return false
	}
	for _, c := range strings.Split(s[1:], "#") {
		if furnitureOf[strings.TrimSpace("#"+c)] == noFurniture {
			return false
		}
	}
	return true
}

var froms = strings.Split(fromLabels, "|")

// isFrom reports whether a line is the label of a page that a tweet links to: from
// harbour.example.
func isFrom(label string) bool {
	return strings.IndexByte(label, '.') > 0 && slices.ContainsFunc(froms, func(from string) bool {
		host, ok := strings.CutPrefix(label, from)
		return ok && isHost(host)
	})
}

// isHost reports whether s is only the name of a host.
func isHost(s string) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot < 1 || len(s)-dot < 3 || len(s) > 80 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '.' && c != '-' && !('a' <= c && c <= 'z') && (c < '0' || c > '9' || i > dot) {
			return false
		}
	}
	return true
}

func isDot(r rune) bool { return r == '·' || r == '•' || r == '・' || r == '|' }

// units are the units after the digits of a shortened count.
var units = labelList(`k|m|b|t|mil|mill|mio|mln|mrd|md|tsd|tys|tis|tn|rb|jt|bin|mn|e|тыс|тис|млн|万|億|千|萬|亿|천|만|억|हज़ार|लाख|หมื่น|แสน|พัน|ล้าน|ألف|مليون|هزار|n|tr|χιλ|εκ|ezer|mijë|rib`)

// plainLabel is a line in lower case, with # for each number and without what extractors
// add.
func plainLabel(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "(BUTTON)", ""), "[]", "")
	s = strings.ToLower(char.Squash(s))
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		if !unicode.IsDigit(r) {
			b.WriteString(s[:n])
			s = s[n:]
			continue
		}
		b.WriteByte('#')
		s = s[countEnd(s):]
	}
	label := strings.ReplaceAll(b.String(), "# #", "#") // a count that is printed twice is one
	return strings.TrimSpace(label)
}

// countEnd is the end of the count that s begins with: 1,204, 40.5k, 1.2 mil, 3,4 mio.
func countEnd(s string) int {
	end := 0
	for i, r := range s {
		if unicode.IsDigit(r) {
			end = i + utf8.RuneLen(r)
		} else if !strings.ContainsRune(".,'’٫٬", r) {
			break
		}
	}
	rest, spaced := strings.CutPrefix(s[end:], " ")
	longest := ""
	for _, u := range units {
		if after, ok := strings.CutPrefix(rest, u); ok && len(u) > len(longest) && !(spaced && len(u) < 3) {
			if r, _ := utf8.DecodeRuneInString(after); after == "" || !unicode.IsLetter(r) || char.IsUncased(r) {
				longest = u
			}
		}
	}
	if longest != "" {
		end = len(s) - len(rest) + len(longest)
		if strings.HasPrefix(s[end:], ".") {
			end++
		}
	}
	return end
}

// replyLine reads a line that says whom a tweet answers: Replying to @janeroe and 3
// others. It returns the handle that comes first. bare is true if the line is only
// handles.
func replyLine(line string) (first string, bare, ok bool) {
	at := strings.IndexByte(line, '@')
	if at < 0 || len(line) > maxLabel {
		return "", false, false
	}
	last := at
	for i := at; i < len(line); i++ {
		if line[i] != '@' {
			continue
		}
		last = i + 1
		for last < len(line) && archive.IsHandleByte(line[last]) {
			last++
		}
		if !archive.IsHandle(line[i+1 : last]) {
			return "", false, false
		}
		if first == "" {
			first = line[i+1 : last]
		}
	}
	before, after := plainLabel(line[:at]), plainLabel(line[last:])
	switch {
	case before == "" && after == "":
		return first, true, len(strings.Fields(line)) == strings.Count(line, "@")
	case repliesOf[before]: // and others
		return first, false, len(strings.Fields(after)) <= 5
	}
	return first, false, before == "" && repliesOf[strings.TrimSpace(after)]
}
