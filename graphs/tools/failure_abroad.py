"""What servers that do not speak English begin a failure with, and what a text of one line says of itself [ours].

The words are those that programs print, by language; prose about errors has others around them.
"""

ERROR = (
    "fehler|erreur|errore|fout|erro|fel|feil|fejl|virhe|chyba|błąd|hata|hiba|eroare|ошибка|помилка|σφάλμα|greška|napaka"
    "|kesalahan|ralat|lỗi|خطأ|שגיאה|त्रुटि|ข้อผิดพลาด|错误|錯誤|エラー|오류"
)
"""Where the word is another one than in English; Spanish has the English one."""
_OCCURRED = (
    r"(?:es |da )?(?:ist |trat )?(?:leider )?ein (?:[\w-]+ )?fehler (?:ist )?(?:[\w ]{0,30})?(?:aufgetreten|auf)\b",
    r"(?:se )?(?:ha )?(?:produjo|producido|ocurrió|ocurrido) un error",
    r"une (?:[\w-]+ )?erreur (?:[\w-]+ )?(?:est survenue|s['’]est produite)",
    r"si è verificato un errore",
    r"(?:ocorreu|aconteceu) um erro",
    r"er is een (?:[\w-]+ )?fout opgetreden",
    r"(?:wystąpił błąd|došlo k chybě|nastala chyba|bir hata oluştu|hata oluştu|ett fel (?:har )?(?:uppstått|inträffat|"
    r"inträffade)|der opstod en fejl|det oppstod en feil|tapahtui virhe|hiba történt|a apărut o eroare)",
    r"(?:произошла|возникла) (?:\w+ )?ошибка|виникла помилка",
    r"(?:发生|發生|出现|出現)(?:了)?(?:\w{0,6})(?:错误|錯誤)|出错了|出錯了",
    r"(?:\w{0,10})?エラーが発生|오류가 발생",
    r"(?:error (?:al|ao|de (?:conexión|red|servidor|autenticación|conexão))|fehler (?:beim|bei|während)"
    r"|erreur (?:lors|pendant)"
    r"|erro (?:ao|na conexão|de conexão)|errore (?:durante|nel|nella|di connessione)|ошибка (?:при|сети"
    r"|сервера)|fout (?:bij|"
    r"tijdens)|błąd (?:podczas|przy|połączenia)|fel (?:vid|under)|chyba při|virhe \w+ssa) ?",
    r"\w{0,12}(?:时|時)?(?:出错|出錯)",
)
_REFUSED = (
    r"zugriff verweigert|keine berechtigung|nicht autorisiert|zeitüberschreitung",
    r"accès (?:refusé|interdit)|non autorisé|délai (?:d['’]attente )?dépassé",
    r"acceso denegado|permiso denegado|no autorizado|tiempo de espera agotado",
    r"accesso negato|permesso negato|non autorizzato|acesso negado|permissão negada|não autorizado",
    r"toegang geweigerd|niet geautoriseerd|odmowa dostępu|brak uprawnień|přístup odepřen",
    r"erişim (?:reddedildi|engellendi)",
    r"åtkomst nekad|adgang nægtet|ingen tilgang|pääsy estetty",
    r"доступ (?:запрещ[её]н|закрыт)|нет доступа|недостаточно прав|доступ заборонено",
    r"(?:权限|權限)(?:不足|被拒绝|被拒絕)|(?:拒绝|拒絕)(?:访问|訪問|存取)|未授权|未授權|没有权限|沒有權限",
    r"アクセス(?:が)?拒否|権限がありません|접근이? ?거부|권한이 없",
)
_ADJECTIVE = (
    r"(?:intern[eoa]?|interner|interne[rs]?|inconnue?|desconocido|desconhecido|sconosciuto|fatale?|du serveur"
    r"|d[eo]l? (?:la )?(?:servidor|server|sistema|red|rede|base de datos|conexión|conexão))"
)
"""What stands behind the word, or before it, and leaves it what it is; "häufige Fehler: ..." are somebody's."""
_UNFIT = (
    r"(?:ungültige[rsn]?|fehlende[rsn]?|ongeldige?|ontbrekende|ogiltigt?|ugyldigt?|geçersiz|nieprawidłow\w+|neplatn\w+"
    r"|неверн\w+|недопустим\w+|некорректн\w+|отсутству\w+|無効な|잘못된|유효하지 않은) ?[\w-]+\s*(?::|$|['\"«„])",
    r"(?:paramètre|argument|valeur|champ|format|requête|jeton|identifiant)s? (?:invalide|manquant|incorrect)e?s?\b",
    r"(?:par[áâ]metro|argumento|valor|campo|formato|solicitud|token)s? (?:(?:no )?v[áa]lid|inv[áa]lid|incorrect"
    r"|faltante|requerid|obligatori|ausente)\w*",
    r"(?:parametro|argomento|valore|campo|formato) (?:non valid|mancant|errat|obbligatori)\w+",
    r"faltan? (?:el |la |los |o )?(?:parámetro|argumento|campo|valor|parâmetro)",
    r"(?:无效|無效)(?:的)?\w{0,6}\s*(?::|$)|缺少\w{0,4}(?:参数|參數|字段|欄位)|(?:参数|參數)(?:错误|錯誤|无效|無效|不正确|不能为空)",
    r"パラメータ(?:が|は)?(?:不正|無効|不足|必須)",
    r"(?:el |le |la |o |il |der |das )?(?:parámetro|campo|argumento|champ|paramètre|parâmetro|parametro|parameter"
    r"|feld)\b[^.:]{1,40} (?:es|est|é|è|ist|fehlt|falta|manque|manca)\b(?: (?:obligatori|obligatoire|obrigatóri"
    r"|obbligatori|requerid|requis|erforderlich|ungültig|inválid|invalide|non valid)\w*)?[.!]?$",
)
_FAILED = (
    r"(?:der |die |das |ihre )?(?:vorgang|anfrage|abfrage|operation|aktion|verbindung|anmeldung|authentifizierung|"
    r"ausführung|aufruf)\b[^.:]{0,60}(?:fehlgeschlagen|gescheitert|abgebrochen|abgelehnt)",
    r"(?:la |l['’]|votre )?(?:opération|requête|connexion|demande|commande|authentification|exécution)\b[^.:]{0,60}"
    r"(?:a échoué|impossible|refusée)|échec d[eu'’]",
    r"(?:la |su |el )?(?:operación|solicitud|petición|consulta|conexión|ejecución|autenticación)\b[^.:]{0,60}"
    r"(?:ha fallado|falló|fallida|fue rechazada)"
    r"|no (?:fue|ha sido) posible\b|no se (?:pudo|ha podido|puede)\b",
    r"(?:l['’])?(?:operazione|richiesta|connessione|esecuzione)\b[^.:]{0,60}(?:è fallita|fallita|non riuscita)",
    r"(?:a |o )?(?:operação|solicitação|requisição|conexão|consulta)\b[^.:]{0,60}falhou",
    r"não foi possível\b|impossibile\b",
    r"(?:не удалось|невозможно|не вдалося|nie udało się|nie można|nepodařilo se|kunde inte|kunne ikke)\b",
    r"(?:操作|请求|請求|查询|查詢|调用|調用|连接|連接|执行|執行|登录|登入|保存|上传|上傳|下载|下載|创建|删除|更新|提交|处理|發送|发送)"
    r"(?:\w{0,4})(?:失败|失敗)",
    r"(?:無法|无法)(?:连接|連接|访问|訪問|找到|打开|打開|读取|讀取|处理|處理|完成|执行|執行)",
    r"[^.。]{0,30}(?:でき|開け|読め|書け|見つけられ)ませんでした|[^.。]{0,30}수 없습니다",
    r"(?:le |el |der |il |o )?(?:serveur|servidor|server|servizio|service|servicio"
    r"|dienst)\b.{0,20}(?:ne répond pas|no responde|"
    r"antwortet nicht|non risponde|não responde|indisponible|no disponible|nicht verfügbar"
    r"|non disponibile|indisponível)",
    r"(?:votre|su|la|ihre|la sua|a sua) (?:session|sesión|sitzung|sessione|sessão)\b.{0,12}(?:expir"
    r"|abgelaufen|scadut|caduc)",
    r"(?:session|sesión|sitzung|sessione|sessão) (?:expirée|expirada|caducada|scaduta|abgelaufen)",
    r"(?:網路|网络|網絡|連線|连接|服务器|伺服器)\w{0,6}(?:失敗|失败|錯誤|错误|超時|超时|中断|中斷)|(?:接続|リクエスト|処理)が?タイムアウト",
    r"(?:соединение|подключение|запрос|операция)\b[^.:]{0,30}(?:потерян|разорван|прерван|отклон[её]н|не выполнен)[оа]?",
    r"(?:sin|pas de|keine|senza|sem) (?:permisos?|droits?|autorisation|berechtigung|rechte|permessi|permissão)\b",
    r"(?:la |su |el )?(?:operación|solicitud|petición|consulta|conexión)\b[^.:]{0,20} no se (?:pudo|puede)",
    r"(?:処理|接続|取得|保存|更新|削除|リクエスト|操作|実行)に失敗|(?:요청|작업|연결|저장|조회)(?:에|이|을)? ?실패",
)
BEGINNINGS = (
    rf"(?i:(?:(?:http|api|sql|netzwerk|server|datenbank|system|{_ADJECTIVE}|внутренняя|неизвестная|критическая)[- ])?"
    rf"(?:{ERROR}|error(?= {_ADJECTIVE}))(?: {_ADJECTIVE})?)(?: \(?\d+\)?)?\s*[:!]\s*"
    r"(?!\s*[-+]?[\d.,]+\s*(?:%|件|个|個|条|條|건)?\W*$)\S",
    *(f"(?i:{pattern})" for pattern in (*_OCCURRED, *_REFUSED, *_UNFIT, *_FAILED)),
)
_NOTHING = (
    r"(?:\bresult|résultat|risultat|ergebnis|treffer|wynik|výsled|sonuç|tulo[ks]|találat|rezultat|результат|ничего|нічого"
    r"|结果|結果|匹配|결과|coincidenc|correspond|error(?:e|es|i)?\b|fehler|erreur|erros?\b|ошиб|エラー|错误|錯誤|오류|problem)"
)
"""Of what one searched for, and of errors, it is an answer that there are none."""
_ABSENT = (
    r"(?:nicht gefunden|nicht vorhanden|existiert nicht|introuvables?|n['’]existe pas|n['’]a pas été trouvée?"
    r"|non trouvée?s?|no (?:fue |ha sido )?encontrad[oa]|no existen?|no se (?:encontró|encontraron|encuentra)"
    r"|non (?:è stat[oa] )?trovat[oa]|non esiste|não (?:foi )?(?:encontrad|localizad)[oa]|não existe|niet gevonden"
    r"|bestaat niet|не найден[оаы]?|не существует|не знайдено|nie znaleziono|nie istnieje|nenalezen[oa]?|neexistuje"
    r"|bulunamadı|hittades inte|(?:kunde|kan) inte hittas|ikke fundet|ikke funnet|ei löydy|ei löytynyt|nem található"
    r"|未找到|找不到|不存在|見つかりません(?:でした)?|存在しません|찾을 수 없|존재하지 않)"
)
_WHERE = r"(?:en|in|im|na|nel|nella|no|dans|sur|på|auf|bei|w|v|в|на) [^.!?:]{1,40}"
_AUTHORISED = (
    r"(?:no (?:está )?autorizad[oa]|não (?:está )?autorizad[oa]|nicht (?:berechtigt|autorisiert|angemeldet)"
    r"|n['’](?:est|êtes) pas (?:autorisée?|connectée?)|non (?:è )?autorizzat[oa])"
)
_UNUSABLE = (
    r"(?:existe déjà|ya existe|già esiste|já existe|existiert bereits|已存在|уже существует|już istnieje|既に存在します"
    r"|ist (?:gesperrt|abgelaufen|ungültig|nicht gültig)|no es válid[oa]|n['’]est pas valide"
    r"|non è valid[oa]|não é válid[oa]|(?:が|は)無効です|(?:密码|密碼)(?:错误|錯誤)"
    r"|\berro interno(?: do servidor)?|\berreur interne(?: du serveur)?"
    r"|\berror interno(?: del servidor)?|interner (?:server)?fehler|内部(?:サーバー)?(?:错误|錯誤|エラー)"
    r"|(?:操作|请求|請求|连接|連接)(?:超时|超時)"
    r"|\bтайм-?аут(?: \w+)?|(?:sem conexão|sin conexión|pas de connexion|keine verbindung)(?: \w+){0,5})"
)
"""What makes a thing, or a moment, of no use to the call."""
# of a name with a dot or a colon in it the dot ends nothing
_SAID_OF = r"(?:[^.!?。:]|[.:](?=\w)){0,80}"
ALONE = (
    rf"(?i)(?!.*{_NOTHING}){_SAID_OF}{_ABSENT}(?:습니다)?(?: ?\(\d{{3}}\)| {_WHERE})?(?:\s*:.{{1,80}})?[.!。]?$",
    rf"(?i)(?!.*{_NOTHING}){_ABSENT}\s*:?\s*(?!的)[^\s,，][^,，]{{0,60}}$",
    rf"(?i){_SAID_OF}{_UNUSABLE}[.!。]?$",
    rf"(?i){_SAID_OF}{_AUTHORISED}\b[^.!?]{{0,60}}[.!]?$",
    r"(?i)(?:keine?|aucune?|ning[uú]na?|nessun[ao]?|nenhuma?|ingen|geen|žádn\w+|нет) [\w-]+"
    r" (?:mit|avec|con|com|med|met|с) [^.!?]{0,30}(?:\bid\b|identifi|n[uú]m|номер|kennung|name|nom\b)"
    r"[^.!?]{0,40}[.!]?$",
)
KEYS = frozenset(ERROR.split("|"))
"""What an object calls its error."""
_SAYING = "mensaje|mensagem|messaggio|nachricht|meldung|bericht|komunikat|сообщение|消息|訊息|メッセージ|메시지"
SAYING = frozenset(_SAYING.split("|"))
"""What an object calls the words for it."""
SUCCEEDED = frozenset(("exito", "éxito", "succès", "successo", "sucesso", "erfolg", "erfolgreich", "成功"))
"""What an object calls a flag of success."""
CODES = frozenset(("codigo", "código", "codice", "kod", "код", "代码", "代碼"))
