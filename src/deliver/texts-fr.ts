import type { Texts } from './texts.ts';

/** The text message keeps to the letters of GSM-7, which has é, è, à and ù but neither ê nor ç: else it would hold 70 characters. */
export const french: Texts = {
  message: {
    sms: '{code} est votre code pour {application}, valable {minutes} min. Ne le donnez à personne, qui que ce soit.',
    voice:
      'Bonjour. Votre code pour {application} est : {digits}.\nJe répète, votre code est : {digits}.\nNe le donnez à personne. Au revoir.',
    subject: 'Votre code pour {application}',
    email:
      "Votre code pour {application} est\n\n    {code}\n\nIl est valable {minutes} min, pour une seule connexion.\n\nNe le donnez à personne, qui que ce soit. Si vous n'êtes pas en train de vous connecter, quelqu'un connaît votre mot de passe : prévenez votre service informatique.\n",
  },
  prompt: {
    sent_sms: 'Code envoyé au {target}',
    sent_voice: 'Nous appelons le {target} avec votre code',
    sent_email: 'Code envoyé à {target}',
    enter: 'Entrez votre code',
    wrong: 'Code erroné.',
    used: 'Ce code a déjà servi.',
    unavailable: "Vous n'avez pas ce moyen de connexion.",
    limited: 'Trop de codes vous ont été envoyés. Le prochain pourra partir dans {wait}.',
    limited_all: "Aucun code ne peut partir pour l'instant. Réessayez dans {wait}, ou choisissez un autre moyen.",
    no_number: "Vous n'avez pas de numéro de téléphone auquel un code puisse être envoyé.",
    no_address: "Vous n'avez pas d'adresse électronique à laquelle un code puisse être envoyé.",
    or: 'ou tapez',
    answer: 'Code',
  },
  names: {
    app: 'application ou jeton',
    sms: 'SMS',
    voice: 'appel téléphonique',
    email: 'courriel',
    resend: 'envoyer un autre code',
  },
  words: {
    app: ['app', 'jeton', 'token'],
    sms: ['sms', 'texto'],
    voice: ['appel', 'tel', 'call'],
    email: ['mail', 'courriel', 'email'],
    resend: ['renvoyer', 'encore', 'resend'],
  },
};
