"""Printed sheets (纸质亮证凭证) for people without a phone: a licence on paper, for stated items and dates, withdrawn at any time."""
