"""Reports as Zoom writes them: lines about the meeting, then one table or several."""

HEADINGS = [
    "Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)",
    "Guest",
]  # fmt: skip
ABOUT = [
    ["Meeting ID", "Topic", "Start Time", "End Time", "User Email", "Duration (Minutes)"],
    ["812 3456 7890", "About the CoPs", "01/27/2027 01:00 PM", "", "host@firstwork.test", "62"],
    [],
]


def participants(*people, delimiter=",", headings=HEADINGS) -> str:
    """Return the report of a meeting; ``people`` are (name, address, minutes) each."""
    rows = [[name, email, "1 PM", "2 PM", str(minutes), "Yes"] for name, email, minutes in people]
    return "".join(delimiter.join(row) + "\r\n" for row in [*ABOUT, headings, *rows])


def attendees(*people, without_address=()) -> str:
    """Return the report of a webinar; ``people`` are (attended, name, address, minutes) each."""
    lines = [
        "Attendee Report", "Report Generated:,01/27/2027 03:00 PM",
        "Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered", "T,8,1,62,3",
        "Host Details,",
        "Attended,User Name (Original Name),Email,Join Time,Time in Session (minutes)",
        "Yes,The Host,host@firstwork.test,1 PM,62",
        "Attendee Details,",
        "Attended,User Name (Original Name),First Name,Last Name,Email,Time in Session (minutes)",
        *(f"{came},{name},,,{email},{minutes}" for came, name, email, minutes in people),
        "Other Attended", "User Name,Join Time,Leave Time,Time in Session (minutes)",
        *(f"{name},1 PM,2 PM,{minutes}" for name, minutes in without_address),
    ]  # fmt: skip
    return "\n".join(lines)
