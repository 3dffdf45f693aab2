"""The words of the shipped checklists once more, where the tools of translators find them; a test compares the two."""

from __future__ import annotations

from django.utils.translation import gettext_noop

__all__ = ["WORDS"]

WORDS = (
    gettext_noop("Quality of a micro-credential"),
    gettext_noop(
        "Worded by this project after part 1 of the Standards and guidelines for quality assurance in the European Higher Education Area (2015), whose numbers the sections carry, and after what the European work on micro-credentials asks providers to consider. Providers outside higher education answer the same questions for their own quality system."
    ),
    gettext_noop("Policy for quality assurance"),
    gettext_noop(
        "Does a published quality policy of ours cover short learning like this, and who answers for it?"
    ),
    gettext_noop("The policy, and the name of the unit in charge."),
    gettext_noop("Design and approval"),
    gettext_noop("Do the outcomes say what somebody can do afterwards, so that an outsider could check it?"),
    gettext_noop("Active verbs; one thing each; no list of contents."),
    gettext_noop(
        "Is the workload that of a typical learner, all learning time counted, and do credits follow from it?"
    ),
    gettext_noop("Hours by activity; how they were estimated."),
    gettext_noop("Does the level stated fit the outcomes, or is there a good reason for stating none?"),
    gettext_noop("Learning, teaching and assessment centred on the learner"),
    gettext_noop(
        "Is every outcome assessed, by a method that can show it, against criteria that learners know beforehand?"
    ),
    gettext_noop(
        "Can people with other obligations, or with a disability, take part and be assessed fairly?"
    ),
    gettext_noop("Admission, progression, recognition and certification"),
    gettext_noop("Is it clear who can enrol, and can earlier learning count?"),
    gettext_noop("Is what it may count towards said without promising what others decide?"),
    gettext_noop("Teaching staff"),
    gettext_noop("Are those who teach and assess competent in the subject and in this form of learning?"),
    gettext_noop("Resources and support for learners"),
    gettext_noop("Do learners of a short offer get the help, library, platform and advice they need?"),
    gettext_noop("Managing information"),
    gettext_noop(
        "Is it settled which figures are collected: enrolment, completion, feedback, use afterwards?"
    ),
    gettext_noop("Information for the public"),
    gettext_noop(
        "Would somebody new to the subject understand the description, and is everything in it true?"
    ),
    gettext_noop("Monitoring and periodic review"),
    gettext_noop("Is a date set on which the micro-credential is looked at again, with what learners said?"),
    gettext_noop("External quality assurance"),
    gettext_noop(
        "Is the provider or the programme reviewed from outside in regular cycles, and does that review cover short learning?"
    ),
    gettext_noop("The last report, its date and scope. If there is none, say so; it is shown."),
    gettext_noop("Key considerations for micro-credentials"),
    gettext_noop("Who needs it, and how do we know: a survey, vacancies, a partner's letter?"),
    gettext_noop("Were learners involved when it was designed?"),
    gettext_noop("Where several organisations provide it: is each duty somebody's?"),
    gettext_noop(
        "If it is not part of a programme that was reviewed as a whole: was it looked at with more care?"
    ),
    gettext_noop("Is it certain enough that the person assessed is the person who gets it?"),
    gettext_noop("Do learners own and keep it, whatever becomes of us or of this platform?"),
)
