"""The verbs about people and workspaces."""

from tessella_web.accounts.domain.invitations import accept, invite, open_invitation, withdraw_invitation
from tessella_web.accounts.domain.links import make_sign_in_link, use_sign_in_link
from tessella_web.accounts.domain.organisations import (
    accept_terms,
    change_organisation,
    establish,
    found_organisation,
    hold,
    release,
    rename,
    unestablish,
)
from tessella_web.accounts.domain.people import (
    change_person,
    make_person,
    reset_second_factor,
    sign_out_device,
)
from tessella_web.accounts.domain.roles import delegate, give_role, set_roles, take_role

__all__ = [
    "accept",
    "accept_terms",
    "change_organisation",
    "change_person",
    "delegate",
    "establish",
    "found_organisation",
    "give_role",
    "hold",
    "invite",
    "make_person",
    "make_sign_in_link",
    "open_invitation",
    "release",
    "rename",
    "reset_second_factor",
    "set_roles",
    "sign_out_device",
    "take_role",
    "unestablish",
    "use_sign_in_link",
    "withdraw_invitation",
]
