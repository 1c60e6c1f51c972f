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
_FAILED = (
    r"(?:der |die |das |ihre )?(?:vorgang|anfrage|abfrage|operation|aktion|verbindung|anmeldung|authentifizierung|"
    r"ausführung|aufruf)\b[^.:]{0,60}(?:fehlgeschlagen|gescheitert|abgebrochen|abgelehnt)",
    r"(?:la |l['’]|votre )?(?:opération|requête|connexion|demande|commande|authentification|exécution)\b[^.:]{0,60}"
    r"(?:a échoué|impossible|refusée)|échec d[eu'’]",
    r"(?:la |su |el )?(?:operación|solicitud|petición|consulta|conexión|ejecución|autenticación)\b[^.:]{0,60}"
    r"(?:ha fallado|falló|fallida|fue rechazada)"
    r"|no (?:fue|ha sido) posible\b|no se (?:pudo|ha podido|puede|encontró|encontraron)\b",
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
    r"(?:sin|pas de|keine|senza|sem) (?:permisos?|droits?|autorisation|berechtigung|rechte|permessi|permissão)\b",
    r"(?:la |su |el )?(?:operación|solicitud|petición|consulta|conexión)\b[^.:]{0,20} no se (?:pudo|puede)",
    r"(?:処理|接続|取得|保存|更新|削除|リクエスト|操作|実行)に失敗|(?:요청|작업|연결|저장|조회)(?:에|이|을)? ?실패",
)
BEGINNINGS = (
    rf"(?i:{ERROR})(?: \(?\d+\)?)?\s*[:!]\s*(?!\s*[-+]?[\d.,]+\s*%?\W*$)\S",
    *(f"(?i:{pattern})" for pattern in (*_OCCURRED, *_REFUSED, *_FAILED)),
)
_ABSENT = (
    r"(?:nicht gefunden|existiert nicht|introuvable|n['’]existe pas|n['’]a pas été trouvée?|no (?:fue )?encontrad[oa]"
    r"|no existe|non trovat[oa]|non esiste|não (?:foi )?(?:encontrad|localizad)[oa]|não existe|niet gevonden"
    r"|bestaat niet|не найден[оаы]?|не существует|не знайдено|nie znaleziono|nie istnieje|nenalezen[oa]?|neexistuje"
    r"|bulunamadı"
    r"|hittades inte|ikke fundet|ikke funnet|ei löydy|nem található|未找到|找不到|不存在|見つかりません|存在しません"
    r"|niet gevonden|bestaat niet|찾을 수 없|존재하지 않)"
)
ALONE = (
    rf"(?i)[^.!?。:]{{0,80}}{_ABSENT}(?:습니다)?(?:\s*[:：].{{1,80}})?[.!。]?$",
    rf"(?i){_ABSENT}\s*:.{{1,80}}$",
)
KEYS = frozenset(ERROR.split("|"))
"""What an object calls its error."""
_SAYING = "mensaje|mensagem|messaggio|nachricht|meldung|bericht|komunikat|сообщение|消息|訊息|メッセージ|메시지"
SAYING = frozenset(_SAYING.split("|"))
"""What an object calls the words for it."""
SUCCEEDED = frozenset(("exito", "éxito", "succès", "successo", "sucesso", "erfolg", "erfolgreich", "成功"))
"""What an object calls a flag of success."""
CODES = frozenset(("codigo", "código", "codice", "kod", "код", "代码", "代碼"))
