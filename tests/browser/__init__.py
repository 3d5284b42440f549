"""The product in a real browser, as its users meet it: desktop and phone, Chinese and English, axe finding nothing."""
